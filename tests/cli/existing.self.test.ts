import { afterEach, beforeEach, expect, test } from 'vitest';
import { putLonghorn } from '../support/longhorn-objects.ts';
import { type Ended, runSuite, type Signalled } from '../support/run-suite.ts';
import { type StubServer, startStubServer } from '../support/stub-api-server.ts';

const uid = '3b0f6a8e-0000-4000-8000-000000000001';

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer({ uid });
  putLonghorn(server);
});
afterEach(() => server.stop());

const setting = () =>
  `${server.url}/apis/longhorn.io/v1beta2/namespaces/longhorn-system/settings/backup-concurrent-limit`;
const changes = () =>
  `await fetch('${setting()}', { method: 'PATCH', body: JSON.stringify({ value: '5' }) });`;
const scenarios = (body: string) => ({
  'a.e2e.ts': `scenario('It plays', {}, async ({ does, later }) => {\n${body}\n});`,
});

const play = async (
  body: string,
  { flags = ['--expect-cluster', uid], signals = [] as Signalled[] } = {},
): Promise<Ended> => {
  const named = [
    '--provider',
    'existing',
    '--kubeconfig',
    server.kubeconfig,
    '--context',
    'stub',
    '--store-image',
    'store:1',
  ];
  const ended = await runSuite(scenarios(body), { how: 'existing', flags: [...named, ...flags], signals });
  const told = (text: string) =>
    text.replaceAll(server.url, '<server>').replaceAll(/(corral-|run=)[a-z0-9]{6}\b/g, '$1<run>');
  return { ...ended, stdout: told(ended.stdout), stderr: told(ended.stderr) };
};

const line = 'not as before the run: setting backup-concurrent-limit: value was "2", is "5"';
const difference = line.replace('not as before the run: ', '');

test('a run that leaves the cluster as it was passes, and says so', async () => {
  // It is only needed where Longhorn is asked for its bundle.
  server.deny({ verb: 'create', resource: 'supportbundles' });
  const ended = await play("await does('Given a thing');");
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider existing, Longhorn: installed
    Cluster: <server> (context stub), Kubernetes v1.36.1
      its UID, that of the namespace kube-system: 3b0f6a8e-0000-4000-8000-000000000001
      Longhorn v1.12.1, ready on node1, node2
    Each scenario makes in it, and removes again, all labelled corral.test/run=<run>:
      an NFS server (image store:1; its pod has some of root's capabilities) in a namespace corral-<run>-store-…
      in longhorn-system: a backup target corral-<run>-target-…, a volume corral-<run>-volume-…, its snapshots and backups, and recurring jobs of its own
    Allowed (--allow): nothing that others on the cluster could feel
    Not allowed, so scenarios that need it are skipped:
      manager-kill: kills longhorn-manager pods
      process-hold: stops processes in longhorn-manager pods
      manager-mount: makes a folder of the scenario's own backup store read-only within longhorn-manager pods
      store-stall: stops the server of the scenario's own backup store for a while, on which longhorn-manager and the nodes then wait
      admission-policy: makes an admission policy that denies deletions
      settings: changes Longhorn's settings
      default-target: changes Longhorn's default backup target
      node-fault: crashes, freezes or cuts off nodes
    Corral run <run>, provider existing
    Judged: the Longhorn that the cluster has, v1.12.1
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      passed in <time>: It plays

    1 passed, 0 failed
    Judged: the Longhorn that the cluster has, v1.12.1
    Report: out/report.json (<time>)
    Comparing the cluster with what it was before the run ...
    Comparing the cluster with what it was before the run: <time>
    The cluster is as it was before the run.
    Page: out/report.html"
  `);
  expect(ended.report).toMatchObject({
    provider: 'existing',
    target: { name: 'installed', version: 'v1.12.1' },
    totals: { passed: 1 },
    differences: [],
  });
});

test('a difference fails a run whose scenarios have passed, by a line and in the report', async () => {
  const ended = await play(`await does('Given a thing', async () => { ${changes()} });`);
  expect(ended).toMatchObject({ exitCode: 1, stderr: `e2e: ${line}` });
  expect(ended.stdout).toContain('1 passed, 0 failed');
  expect(ended.stdout).not.toContain('The cluster is as it was');
  expect(ended.report).toMatchObject({
    end: { state: 'finished' },
    totals: { passed: 1 },
    differences: [difference],
  });
});

test('it is looked for when the run was interrupted as well', async () => {
  const body = `later(async () => { ${changes()} });
await does('Given a thing');
await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));`;
  const ended = await play(body, { signals: [{ after: '✓ Given a thing', signal: 'SIGINT' }] });
  expect(ended).toMatchObject({ exitCode: 4, stderr: `e2e: ${line}` });
  expect(ended.stdout).not.toContain('the cluster goes down');
  expect(ended.report).toMatchObject({ end: { state: 'interrupted' }, differences: [difference] });
});

test('a run whose cluster cannot be compared has not passed', async () => {
  const ended = await play(`await does('Given a thing', () => fetch('${server.url}/stub/answer/403'));`);
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toMatch(
    /^e2e: the cluster could not be compared with what it was before the run: .*403/,
  );
  expect(ended.report).toMatchObject({ totals: { passed: 1 }, differences: null });
});

test('before anything is made an interruption ends it at once, and says that nothing was made', async () => {
  server.fallSilent();
  const ended = await play('', { signals: [{ after: '1 scenario', signal: 'SIGINT' }] });
  expect(ended).toMatchObject({ exitCode: 4, stderr: 'e2e: interrupted by SIGINT before a scenario ran' });
  expect(ended.stdout).toContain('interrupted by SIGINT: nothing was made yet');
  expect(ended.report).toMatchObject({ end: { state: 'interrupted' }, totals: { skipped: 1 } });
});

test('what --support-bundle needs is asked for where it is given, before anything is made', async () => {
  server.deny({ verb: 'create', resource: 'supportbundles' });
  const ended = await play("await does('Given a thing');", {
    flags: ['--expect-cluster', uid, '--support-bundle'],
  });
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toContain('\n  create supportbundles.longhorn.io in namespace longhorn-system\n');
  expect(ended.stderr).toContain('npm run --silent rbac -- --support-bundle | kubectl apply -f -');
  expect(ended.report).toMatchObject({ end: { state: 'set-up-failed' }, totals: { skipped: 1 } });
  expect(ended.report).not.toHaveProperty('differences');
});

test('and when a scenario failed; with --pause-on-failure, the line that removes what it made names the cluster', async () => {
  const flags = ['--expect-cluster', uid, '--pause-on-failure', '--namespace', 'stores'];
  const ended = await play(`${changes()} throw new Error('broken');`, { flags });
  expect(ended).toMatchObject({ exitCode: 1, stderr: `e2e: ${line}` });
  expect(ended.report).toMatchObject({ totals: { failed: 1 }, differences: [difference] });
  const [, removing] = /^To remove it: (.*)$/m.exec(ended.stdout) ?? [];
  expect(removing).toBe(
    `npm run cleanup -- --kubeconfig ${server.kubeconfig} --context stub --namespace stores --run ${ended.report?.run}`,
  );
  expect(ended.stdout).not.toContain('left up');
});
