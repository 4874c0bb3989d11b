import { expect, test } from 'vitest';
import {
  controllerOf,
  finalizersOf,
  isLonghornFinalizer,
  managingNode,
} from '../../../e2e/suite/cleanup/finalizers.ts';

test.each([
  ['longhorn.io', true],
  ['longhorn.io/node', true],
  ['backup.longhorn.io/x', true],
  ['notlonghorn.io', false],
  ['longhorn.io.example.com/x', false],
  ['example.com/longhorn.io', false],
  ['foregroundDeletion', false],
])("%s is Longhorn's own: %s", (finalizer, own) => {
  expect(isLonghornFinalizer(finalizer)).toBe(own);
});

test.each([
  ['foregroundDeletion', "Kubernetes' garbage collector (kube-controller-manager)"],
  ['kubernetes.io/pvc-protection', "Kubernetes' PVC protection controller"],
  ['batch.kubernetes.io/job-tracking', "Kubernetes' Job controller"],
  ['external-attacher/driver-longhorn-io', 'the CSI attacher (csi-attacher)'],
  ['example.com/mine', 'the controller that added it (unknown to Corral)'],
])('%s must be removed by %s', (finalizer, who) => {
  expect(controllerOf(finalizer).who).toBe(who);
});

test('a namespace has finalizers of its own, in another place; what is in one does not', () => {
  const spec = { finalizers: ['kubernetes'] };
  expect(finalizersOf({ metadata: { name: 'a', finalizers: ['x'] }, spec })).toEqual(['x', 'kubernetes']);
  expect(finalizersOf({ metadata: { name: 'a', namespace: 'b', finalizers: ['x'] }, spec })).toEqual(['x']);
});

test('who manages an object is its owner, or the node that it is on', () => {
  const metadata = { name: 'a' };
  expect(managingNode({ metadata, status: { ownerID: 'n1' }, spec: { nodeID: 'n2' } })).toBe('n1');
  expect(managingNode({ metadata, status: { ownerID: '' }, spec: { nodeID: 'n2' } })).toBe('n2');
  expect(managingNode({ metadata })).toBeUndefined();
});
