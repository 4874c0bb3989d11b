import { beforeEach, expect, test } from 'vitest';
import { putLonghorn } from '../support/longhorn-objects.ts';
import { type Ended, runSuite, type Signalled } from '../support/run-suite.ts';
import { type StubServer, startStubServer } from '../support/stub-api-server.ts';

const uid = '3b0f6a8e-0000-4000-8000-000000000001';

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer({ uid });
  putLonghorn(server);
});

const settings = '/apis/longhorn.io/v1beta2/namespaces/longhorn-system/settings';
const changes = () =>
  `await fetch('${server.url}${settings}/backup-concurrent-limit', { method: 'PATCH', body: '{"value":"5"}' });`;

const run = async (
  body: string,
  { flags = ['--expect-cluster', uid], signals = [] as Signalled[] } = {},
): Promise<Ended> => {
  const named = `--provider existing --kubeconfig ${server.kubeconfig} --context stub --store-image store:1`;
  const suite = { 'a.e2e.ts': `scenario('It runs', {}, async ({ does, later }) => {\n${body}\n});` };
  const ended = await runSuite(suite, { how: 'existing', flags: [...named.split(' '), ...flags], signals });
  return { ...ended, stdout: ended.stdout.replaceAll(server.url, '<server>') };
};

const line = 'not as before the run: setting backup-concurrent-limit: value was "2", is "5"';
const difference = line.replace('not as before the run: ', '');

test('a run that leaves the cluster as it was passes, and says so', async () => {
  // It is only needed where Longhorn is asked for its bundle.
  server.deny({ verb: 'create', resource: 'supportbundles' });
  const ended = await run("await does('Given a thing');");
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  // What is printed before it is in tests/providers/existing/existing.test.ts.
  expect(ended.stdout).toMatch(
    /^1 scenario, provider existing, Longhorn: installed\nCluster: <server> \(context stub\)/,
  );
  expect(ended.stdout).toMatch(
    /\nComparing the cluster with what it was before the run: <time>\nThe cluster is as it was before the run\.\nPage: /,
  );
  expect(ended.report).toMatchObject({
    ...{ provider: 'existing', target: { name: 'installed', version: 'v1.12.1' } },
    ...{ totals: { passed: 1 }, differences: [] },
  });
});

test('a difference fails a run whose scenarios have passed, by a line and in the report', async () => {
  const ended = await run(`await does('Given a thing', async () => { ${changes()} });`);
  expect(ended).toMatchObject({ exitCode: 1, stderr: `e2e: ${line}` });
  expect(ended.stdout).toContain('1 passed, 0 failed');
  expect(ended.stdout).not.toContain('The cluster is as it was');
  expect(ended.report).toMatchObject({ totals: { passed: 1 }, differences: [difference] });
});

test('it is looked for when the run was interrupted as well', async () => {
  const body = `later(async () => { ${changes()} });
await does('Given a thing');
await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));`;
  const ended = await run(body, { signals: [{ after: '✓ Given a thing', signal: 'SIGINT' }] });
  expect(ended).toMatchObject({ exitCode: 4, stderr: `e2e: ${line}` });
  expect(ended.stdout).not.toContain('the cluster goes down');
  expect(ended.report).toMatchObject({ end: { state: 'interrupted' }, differences: [difference] });
});

test('what a cleanup leaves there fails a run whose scenarios have passed', async () => {
  const ended = await run(`later(() => { throw new Error('the volume is still there'); });`);
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout).toContain('Left in the cluster by the cleanup, so the run has failed');
  expect(ended.report).toMatchObject({
    ...{ totals: { passed: 1, failed: 0 }, end: { state: 'finished' } },
    scenarios: [{ state: 'passed', leftBehind: expect.stringMatching(/^the volume is still there\b/) }],
  });
});

test('when the command is killed, its scenarios clean up', async () => {
  const body = `later(() => console.log('it has cleaned up'));
await does('Given a thing');
await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));`;
  const ended = await run(body, { signals: [{ after: '✓ Given a thing', signal: 'SIGKILL' }] });
  expect(ended.stdout).toContain('Interrupted by the end of the command: cleaning up');
  expect(ended.stdout).toContain('it has cleaned up');
  expect(ended.report?.end.state).toBe('interrupted');
});

test('a second interruption does not wait for the cleanup, and names the commands that go on with it', async () => {
  const body = `later(() => new Promise(() => {}));
await does('Given a thing');
await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));`;
  const signals: Signalled[] = ['✓ Given a thing', 'cleaning up'].map((after) => ({
    after,
    signal: 'SIGINT',
  }));
  const ended = await run(body, { signals });
  const where = `--kubeconfig ${server.kubeconfig} --context stub`;
  expect(ended.exitCode).toBe(4);
  expect(ended.stderr).toContain(`\ne2e: to undo their faults: npx corral heal ${where} --out <suite>/out\n`);
  expect(ended.stderr).toContain(
    `\ne2e: then, to remove what they made: npx corral cleanup ${where} --run ${ended.report?.run}`,
  );
  expect(ended.report).toMatchObject({
    end: { state: 'interrupted', reason: 'interrupted by SIGINT' },
    scenarios: [{ state: 'skipped' }],
  });
});

test('a run whose cluster cannot be compared has not passed', async () => {
  const ended = await run(`await does('Given a thing', () => fetch('${server.url}/stub/answer/403'));`);
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toMatch(
    /^e2e: the cluster could not be compared with what it was before the run: .*403/,
  );
  expect(ended.report).toMatchObject({ totals: { passed: 1 }, differences: null });
});

test('what --support-bundle needs is asked for where it is given, before anything is made', async () => {
  server.deny({ verb: 'create', resource: 'supportbundles' });
  const ended = await run("await does('Given a thing');", {
    flags: ['--expect-cluster', uid, '--support-bundle'],
  });
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toContain('\n  create supportbundles.longhorn.io in namespace longhorn-system\n');
  expect(ended.stderr).toContain('npx corral rbac --support-bundle | kubectl apply -f -');
  expect(ended.report).toMatchObject({ end: { state: 'set-up-failed' }, totals: { skipped: 1 } });
  expect(ended.report).not.toHaveProperty('differences');
});

test('with --pause-on-failure, the line that removes what it made names the cluster', async () => {
  const flags = ['--expect-cluster', uid, '--pause-on-failure', '--namespace', 'stores'];
  const ended = await run("throw new Error('broken');", { flags });
  const where = `--kubeconfig ${server.kubeconfig} --context stub --namespace stores --run ${ended.report?.run}`;
  expect(ended.stdout).toContain(`\nTo remove them: npx corral cleanup ${where}\n`);
  expect(ended.stdout).not.toContain('left up');
});
