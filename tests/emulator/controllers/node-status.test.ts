import { expect, test } from 'vitest';
import { readiness } from '../../../emulator/controllers/node.ts';
import type { KubernetesNode, Node, Pod } from '../../../emulator/longhorn/objects.ts';
import { isLost, isResponsible } from '../../../emulator/manager/ownership.ts';

const kubernetesNode = (status: string) =>
  ({ status: { conditions: [{ type: 'Ready', status }] } }) as KubernetesNode;
const pod = (phase: string) => ({ metadata: { name: 'p' }, status: { phase } }) as Pod;

test.each([
  ['all well', kubernetesNode('True'), pod('Running'), ''],
  ['no such node', undefined, pod('Running'), 'KubernetesNodeGone'],
  ['a node that is not ready', kubernetesNode('False'), pod('Running'), 'KubernetesNodeNotReady'],
  ['a node nobody hears of', kubernetesNode('Unknown'), undefined, 'KubernetesNodeNotReady'],
  ['no manager', kubernetesNode('True'), undefined, 'ManagerPodMissing'],
  ['a manager that starts', kubernetesNode('True'), pod('Pending'), 'ManagerPodDown'],
])('%s', (_, node, manager, reason) => {
  expect(readiness('n', { kubernetesNode: node, pod: manager })).toMatchObject({
    status: reason === '' ? 'True' : 'False',
    reason,
  });
});

const node = (name: string, reason = ''): Node =>
  ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: reason ? 'False' : 'True', reason }] },
  }) as unknown as Node;

test('a node is lost whose manager or machine is gone, and not by a manager that is down', () => {
  const machine = ['KubernetesNodeGone', 'KubernetesNodeNotReady'];
  const reasons = ['', 'ManagerPodDown', 'ManagerPodMissing', ...machine];
  const lost = reasons.filter((reason) => isLost('n', [node('n', reason)]));
  expect(lost).toEqual(['ManagerPodMissing', ...machine]);
});

const nodes = [node('a'), node('b', 'ManagerPodDown'), node('c', 'KubernetesNodeGone')];
test.each<[string, { self: string; owner: string; preferred?: string }, boolean]>([
  ['its owner', { self: 'a', owner: 'a' }, true],
  ['anybody, while it has none', { self: 'a', owner: '' }, true],
  ['nobody else', { self: 'a', owner: 'b' }, false],
  ['anybody, once its owner is lost', { self: 'a', owner: 'c' }, true],
  ['the preferred one, whoever owns it', { self: 'a', owner: 'b', preferred: 'a' }, true],
  ['not its owner, if another is preferred', { self: 'b', owner: 'b', preferred: 'a' }, false],
  ['its owner, if the preferred one is lost', { self: 'b', owner: 'b', preferred: 'c' }, true],
])('responsible is %s', (_, of, expected) => {
  expect(isResponsible({ ...of, nodes })).toBe(expected);
});
