import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../../e2e/history/expectation.ts';
import { follow } from '../../../e2e/history/watch.ts';
import { resources } from '../../../e2e/kube/cluster.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';
import { leastEnvironment, runBare, withSuite } from '../../support/run-suite.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { secrets } = resources;

// While the server is away: one that goes on, one that waits in vain, one that meets a wrong state, and one
// that can neither work nor clean up as it should.
const suite = {
  'away.e2e.ts': `
import { scenario as onCluster } from '${root}tests/support/inline-cluster-scenario.ts';
import { expectHistory, waitUntil } from '${root}e2e/history/expectation.ts';
const has = (key) => ({ label: key, matches: ({ data }) => data?.[key] !== undefined });
// One request after the other, so that each of them meets the server away: a restart may take less than the
// pause before a watch begins again.
const atWork = async ({ lamps, change }, name) => {
  for (let turn = 0; lamps.current(name)?.data?.back === undefined; turn += 1) await change(name, { turn: String(turn) });
};

onCluster('It goes on', {}, async (steps) => {
  const { lamps, lamp } = steps;
  await lamp('goes-on');
  await atWork(steps, 'goes-on');
  await lamp('goes-on-as-well');
  await expectHistory(lamps, { name: 'goes-on', label: 'the lamp', describe: () => '' }).goes(has('turn'), has('back')).within('10s', 'a test');
});
onCluster('It waits in vain', {}, async (steps) => {
  const { lamps, lamp } = steps;
  await lamp('waits');
  await atWork(steps, 'waits');
  await waitUntil(lamps, has('never').matches, { within: '1s', owner: 'a test', name: 'waits', label: 'it never does' });
});
onCluster('It is wrong', {}, async (steps) => {
  await steps.lamp('is-wrong');
  await atWork(steps, 'is-wrong');
  throw new Error('wrong');
});
`,
};

let server: ApiServer;
beforeAll(async () => {
  // Watched in etcd itself: a cache of the new server would not reach back to a change that the old one had
  // no time to report.
  server = await startApiServer({ uncached: ['secrets'] });
});
afterAll(() => server?.stop());

test('while the API server is away no scenario fails, and nothing is left behind', async () => {
  const cluster = await server.connect();
  const lamps = await follow(cluster, secrets, { namespace: 'default' });
  const names = ['goes-on', 'waits', 'is-wrong'];
  const environment = { ...leastEnvironment, CORRAL_KUBECONFIG: await server.kubeconfig() };
  const running = withSuite(suite, ({ folder, config }) => runBare(folder, config, { env: environment }));
  for (const name of names)
    await waitUntil(lamps, ({ metadata }) => metadata.name === name, {
      label: `${name} is at work`,
      within: '5m',
      owner: 'the start of the suite',
    });
  await server.restart();
  for (const name of names)
    await cluster.patch(secrets, { namespace: 'default', name }, { stringData: { back: 'yes' } });
  const { report, exitCode } = await running;

  expect(exitCode).toBe(1);
  const away = { code: 'api-server-away' };
  const meanwhile = 'did not answer for [\\d.]+ m?s meanwhile, so this is no verdict on Longhorn:\n';
  const noVerdict = (why: string) => {
    const reason = expect.stringMatching(new RegExp(`^The API server ${meanwhile}${why}`));
    return { state: 'not-provable', reason };
  };
  expect(report?.scenarios).toMatchObject([
    { name: 'It goes on', state: 'passed', reason: null, findings: [away] },
    { name: 'It waits in vain', ...noVerdict('timed out after 1 s'), findings: [away] },
    { name: 'It is wrong', ...noVerdict('wrong'), findings: [away] },
  ]);
  expect(report?.totals).toEqual({ passed: 1, knownBugs: 0, failed: 0, skipped: 0, notProvable: 2 });
  const { items } = await cluster.list(secrets, { namespace: 'default', labelSelector: 'corral.test/run' });
  expect(items.map(({ metadata }) => metadata.name)).toEqual([]);
  await lamps.stop();
});
