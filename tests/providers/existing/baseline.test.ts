import { beforeEach, expect, test } from 'vitest';
import { type KubernetesObject, resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import * as baselines from '../../../providers/existing/baseline/baseline.ts';
import { longhornObjects, putLonghorn } from '../../support/longhorn-objects.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';

const run = 'abc123';
const never = new AbortController().signal;
const [, nodes = []] = longhornObjects().find(([resource]) => resource === longhorn.nodes) ?? [];
const node2 = nodes[1] as KubernetesObject;
const notReady = { ...node2, status: { conditions: [{ type: 'Ready', status: 'False' }] } };

let server: StubServer;
let baseline: baselines.Baseline;
beforeEach(async () => {
  server = await startStubServer({ uid: 'uid' });
  putLonghorn(server);
  baseline = await baselines.readBaseline(server.connect(), { allow: [], stores: undefined });
});

const differences = (options: { signal?: AbortSignal; settling?: number } = {}) =>
  baselines.differencesFrom(baseline, { cluster: server.connect(), run, signal: never, ...options });

test('what shows but for a moment is waited for, and then is no difference', async () => {
  server.put(longhorn.nodes, notReady);
  const name = `corral-${run}-store-1a2b`;
  const going = { deletionTimestamp: '2026-11-20T09:00:00Z', finalizers: ['kubernetes'] };
  server.put(resources.namespaces, { metadata: { name, ...going } });
  const found = differences();
  setTimeout(() => server.put(longhorn.nodes, node2), 300);
  setTimeout(() => server.remove(resources.namespaces, name), 400);
  expect(await found).toEqual([]);
});

test('what stays so is reported when the time is over, and at once to who does not want to wait', async () => {
  server.put(longhorn.nodes, notReady);
  const difference = 'node of Longhorn node2: conditions.Ready was "True", is "False"';
  expect(await differences({ settling: 50 })).toContain(difference);
  const impatient = new AbortController();
  const found = differences({ signal: impatient.signal, settling: 600_000 });
  setTimeout(() => impatient.abort(), 300);
  expect(await found).toContain(difference);
  expect(await differences({ signal: impatient.signal })).toContain(difference);
});

test('a cluster that cannot be read is no cluster that is as it was', async () => {
  server.answer(403, JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'no more' }));
  await expect(differences()).rejects.toThrow(/403 Forbidden: no more/);
});
