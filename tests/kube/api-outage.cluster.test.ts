import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil, waitUntilGone } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, resources, unlessGone } from '../../e2e/kube/cluster.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';

// Watched in etcd itself: a cache of the new server would not reach back to a change that the old one had no
// time to report.
const { secrets } = resources;
const namespace = 'default';
const wait = { within: '5m', owner: 'a test' } as const;

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({ uncached: ['secrets'] });
});
afterAll(() => server?.stop());

/** Makes, changes, reads and removes an object, and says whether each did what it should. */
const liveAndDie = async (cluster: Cluster, name: string): Promise<void> => {
  const made = await cluster.create(secrets, { metadata: { name, namespace, labels: { run: 'abc123' } } });
  await cluster.patch(secrets, { namespace, name }, { data: { a: 'MQ==' } });
  expect(await cluster.get(secrets, { namespace, name })).toMatchObject({
    metadata: { uid: made.metadata.uid },
    data: { a: 'MQ==' },
  });
  await cluster.delete(secrets, { namespace, name }).catch(unlessGone);
};

test('while an API server crashes and comes back, nothing fails, nothing is done twice, and nothing is left', async () => {
  const health = openHealth();
  const cluster = connect({ kubeconfig: await server.kubeconfig(), health });
  const timeline = await follow(cluster, secrets, { namespace });
  let working = true;
  let lives = 0;
  const workers = Array.from({ length: 8 }, async (_, worker) => {
    for (let turn = 0; working; turn += 1) {
      await liveAndDie(cluster, `life-${worker}-${turn}`);
      lives += 1;
    }
  });
  await waitUntil(timeline, () => true, { ...wait, name: 'life-0-3', label: 'they are at work' });
  await server.restart();
  // Until each of them has had an answer of the new server, at least.
  const before = lives;
  while (lives < before + workers.length * 2) await new Promise(setImmediate);
  working = false;
  await Promise.all(workers);

  const summary = health.summary();
  expect(summary).toMatchObject({
    isOutage: true,
    title: expect.stringMatching(/^The API server did not answer for [\d.]+ m?s$/),
  });
  expect(summary?.detail).toMatch(/ [1-9]\d* sent again$/);
  // A watch that had to begin again says so; this one has seen each of them begin and end, once.
  for (const { metadata } of timeline.objects()) {
    if (metadata.name.startsWith('life-'))
      await waitUntilGone(timeline, { ...wait, name: metadata.name, label: `${metadata.name} is gone` });
  }
  const kinds = timeline.entries.map((entry) =>
    entry.kind === 'gap' ? 'gap' : `${entry.kind} ${entry.object.metadata.name}`,
  );
  expect(kinds).not.toContain('gap');
  const named = (kind: string) =>
    kinds.filter((text) => text.startsWith(`${kind} life-`)).map((text) => text.slice(kind.length + 1));
  expect(named('added')).toHaveLength(lives);
  expect(named('deleted').toSorted()).toEqual(named('added').toSorted());
  expect(new Set(named('added')).size).toBe(lives);
  await timeline.stop();
});
