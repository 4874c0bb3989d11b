import { once } from 'node:events';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type KubernetesObject, resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { watchForLoss } from '../../../providers/existing/await-loss.ts';
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

const watching = async (away: number): Promise<AbortSignal> => {
  const { lost, stop } = await watchForLoss(server.connect(), { away, poll: 20 });
  onTestFinished(stop);
  return lost;
};

test('a server that stays away is a cluster that is lost', async () => {
  const lost = await watching(400);
  server.answer(503, 'gone');
  server.hangUp();
  await once(lost, 'abort');
  expect((lost.reason as Error).message.replace(server.url, '<server>')).toMatch(
    /^the API server <server> has been away for \d[\d.]* m?s: watch of \S+ at \S+: 503 Service Unavailable: gone$/,
  );
});

test('one that comes back in time is not, nor is one that is watched no more', async () => {
  const stopped = await watchForLoss(server.connect(), { away: 50, poll: 20 });
  await stopped.stop();
  const lost = await watching(4000);
  server.answer(503, 'gone');
  server.hangUp();
  await server.untilRequests(2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.answer(undefined);
  await new Promise((resolve) => setTimeout(resolve, 4200));
  expect([lost.aborted, stopped.lost.aborted]).toEqual([false, false]);
});
