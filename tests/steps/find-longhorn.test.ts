import { expect, test } from 'vitest';
import type { Cluster } from '../../e2e/observe/cluster.ts';
import { tellSteps } from '../../e2e/steps/context.ts';
import { findLonghorn } from '../../e2e/steps/find-longhorn.ts';
import { record } from './record.ts';

const node = (name: string, ready: boolean) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const manager = (nodeName: string) => ({
  metadata: { name: `longhorn-manager-${nodeName}` },
  spec: { nodeName, containers: [] },
  status: { phase: 'Running' },
});

const find = async (...nodes: [name: string, ready: boolean][]) => {
  const cluster = {
    get: async () => ({ metadata: { name: 'current-longhorn-version' }, value: 'v1.12.1' }),
    list: async ({ plural }: { plural: string }) => ({
      items: plural === 'pods' ? nodes.map(([name]) => manager(name)) : nodes.map(([name, ready]) => node(name, ready)),
    }),
  } as unknown as Cluster;
  const { report, told, findings } = record();
  const version = await findLonghorn({ cluster, report, step: tellSteps({ report, signal: new AbortController().signal }) });
  return { version, told: told.at(-1), findings };
};

test('it is told with its version and nodes', async () => {
  expect(await find(['n3', true], ['n1', true], ['n2', true])).toEqual({
    version: 'v1.12.1',
    told: 'Given a Longhorn whose nodes are ready: v1.12.1 on 3: n1, n2, n3',
    findings: [],
  });
});

test('fewer nodes than the documents have are a finding', async () => {
  const { told, findings } = await find(['n1', true], ['n2', false], ['n3', true]);
  expect(told).toBe('Given a Longhorn whose nodes are ready: v1.12.1 on 2: n1, n3');
  expect(findings).toEqual([
    { title: 'Longhorn has fewer nodes than the documents ask for', detail: 'The documents have 3 worker nodes; ready are 2: n1, n3.' },
  ]);
});
