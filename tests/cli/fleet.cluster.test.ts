import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parseFleet } from '../../e2e/cli/fleet/arguments.ts';
import { composeFleet, resourceOf } from '../../e2e/cli/fleet/objects.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import type { Pod } from '../../e2e/kube/pods.ts';
import { pathOf } from '../../e2e/kube/resources.ts';
import { readReport } from '../../e2e/report/file.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import { kubeBinary } from '../../lab/build/kubernetes.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { startOwned } from '../support/owned-process.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

/** What becomes of a pod of a Job: what its log holds and how it ends, or that it goes on. */
type PodFate = { log: string; exitCode: number } | 'goes on';

const node = 'node1';

/**
 * What a bare API server lacks to run a Job: the real controllers of Jobs, namespaces and owners, and a
 * fake kubelet that ends its pods as `fate` says by their index, and serves their logs.
 */
const startJobHands = async (
  cluster: Cluster,
  { kubeconfig, fate }: { kubeconfig: string; fate: (index: number) => PodFate },
) => {
  const controllers = startOwned(await kubeBinary(), [
    'kube-controller-manager',
    `--kubeconfig=${kubeconfig}`,
    '--controllers=job-controller,garbage-collector-controller,namespace-controller',
    '--leader-elect=false',
    '--secure-port=0',
  ]);
  const logs = new Map<string, string>();
  const certificates = join(dirname(kubeconfig), 'certificates');
  const [cert, key] = await Promise.all(
    ['crt', 'key'].map((end) => readFile(join(certificates, `apiserver.${end}`))),
  );
  const kubelet = createServer({ ...(cert && { cert }), ...(key && { key }) }, ({ url = '' }, response) => {
    const [, pod = ''] = /^\/containerLogs\/[^/]+\/([^/]+)\//.exec(url) ?? [];
    response.end(logs.get(pod) ?? '');
  }).listen(0, '127.0.0.1');
  await once(kubelet, 'listening');
  await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: (kubelet.address() as AddressInfo).port } },
  };
  await cluster.patch(resources.nodes, { name: node }, { status }, { subresource: 'status' });

  const end = async ({ metadata }: Pod): Promise<void> => {
    const { name, namespace = '', annotations = {} } = metadata;
    const fated = fate(Number(annotations['batch.kubernetes.io/job-completion-index']));
    if (fated === 'goes on') return;
    const target = { kind: 'Node', name: node };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
    const headers = { 'content-type': 'application/json' };
    await cluster.request(path, { method: 'POST', headers, body });
    logs.set(name, fated.log);
    const { exitCode } = fated;
    const state = {
      terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', containerID: 'x://1' },
    };
    const container = { name: 'shard', image: 'x', imageID: 'x', ready: false, restartCount: 0, state };
    const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [container] };
    await cluster.patch(resources.pods, { namespace, name }, { status }, { subresource: 'status' });
  };
  const pods = await follow<Pod>(cluster, resources.pods);
  pods.onEntry((entry) => {
    if (entry.kind === 'added') void end(entry.object);
  });
  return {
    stop: async () => {
      await pods.stop();
      kubelet.close();
      await controllers.kill();
      await cluster.delete(resources.nodes, { name: node });
    },
  };
};

const script = fileURLToPath(new URL('../../scripts/corral.ts', import.meta.url));

let server: ApiServer;
let cluster: Cluster;
let fate: (index: number) => PodFate;
let stopHands: () => Promise<void>;

beforeAll(async () => {
  server = await startApiServer();
  cluster = await server.connect();
  const kubeconfig = await server.kubeconfig();
  ({ stop: stopHands } = await startJobHands(cluster, { kubeconfig, fate: (index) => fate(index) }));
});
afterAll(async () => {
  await stopHands?.();
  await server?.stop();
});

const logOf = (index: number, state: ScenarioReport['state']): string => {
  const report = sampleReport([scenarioReport(`It ${index}`, { state })], {
    ...{ run: `run00${index}`, target: { name: 'emulator', version: 'v1' }, duration: 5000 },
    shard: { index: index + 1, of: 2, split: 'abc' },
  });
  const text = JSON.stringify(report);
  const digest = createHash('sha256').update(text).digest('hex');
  return `running\ncorral-report ${digest}\n${gzipSync(text).toString('base64')}\ncorral-report-end\n`;
};

const fleet = async ({ interruptedAfter = '', before = '' } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-fleet-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (before !== '') await mkdir(join(folder, 'out', before), { recursive: true });
  const where = ['--kubeconfig', await server.kubeconfig(), '--context', 'test'];
  const args = [script, 'fleet', '--shards', '2', ...where, '--image', 'suite:1', '--out', 'out'];
  const run = execa(process.execPath, args, { cwd: folder, reject: false });
  let output = '';
  run.stdout.on('data', (text: Buffer) => {
    const before = output;
    output += text;
    if (interruptedAfter !== '' && output.includes(interruptedAfter) && !before.includes(interruptedAfter))
      run.kill('SIGINT');
  });
  const { exitCode, stdout, stderr } = await run;
  const normal = (text: string) =>
    stripVTControlCharacters(text)
      .replaceAll(/(fleet |corral-)[a-z0-9]{6}\b/g, '$1<run>')
      .replaceAll(/https:\S+/g, '<server>')
      .replaceAll(/v1\.\d+\.\d+/g, '<version>');
  return { exitCode, stdout: normal(stdout), stderr: normal(stderr), folder: join(folder, 'out') };
};

const leftOver = async () => {
  const all = await Promise.all(
    [resources.namespaces, resources.jobs, resources.pods].map((resource) => cluster.list(resource)),
  );
  return all
    .flatMap(({ items }) => items.map(({ metadata }) => metadata.name))
    .filter((name) => /corral|fleet/.test(name));
};

test.each(['lab', 'existing'] as const)(
  'what a fleet makes in mode %s is known to the API server, field by field',
  async (mode) => {
    const flags = mode === 'existing' ? ['--', '--store-image', 'store:1'] : [];
    const where = `--kubeconfig ${await server.kubeconfig()} --context test --image suite:1 --mode ${mode}`;
    const args = parseFleet(['--shards', '2', ...where.split(' '), ...flags]);
    if (args === undefined) throw new Error('help was asked for');
    const objects = await composeFleet(args, { run: `strict-${mode}`, uid: 'uid' });
    const needed = new Set(
      objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined),
    );
    for (const name of needed)
      await cluster.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) {
      const path = `${pathOf(resourceOf(object), { namespace: object.metadata.namespace })}?dryRun=All&fieldValidation=Strict`;
      const headers = { 'content-type': 'application/json' };
      const response = await cluster.request(path, { method: 'POST', headers, body: JSON.stringify(object) });
      expect(response.status, `${object.kind}: ${await response.text()}`).toBe(201);
    }
    for (const name of needed) await cluster.delete(resources.namespaces, { name });
  },
);

test('a fleet takes the reports out of the logs, merges them, and leaves nothing behind', async () => {
  fate = (index) => ({ log: logOf(index, index === 0 ? 'passed' : 'failed'), exitCode: index });
  const ended = await fleet();
  expect(ended.stderr).toBe('');
  expect(ended.exitCode).toBe(1);
  for (const part of [
    /^Corral fleet <run>: 2 shards, mode lab, image suite:1\nOn <server> \(context test\), Kubernetes <version>; it makes, and removes:\n {2}Namespace corral-<run>-fleet\n {2}Job corral-<run>-fleet\/fleet\n/,
    /^shard 1\/2: ended \(Completed 0\): 1 passed, 0 failed$/m,
    /^shard 2\/2: ended \(Error 1\): 0 passed, 1 failed$/m,
    /\n1 passed, 1 failed\n[\s\S]*\nRemoving what the fleet made \.\.\.\nRemoving what the fleet made: done$/,
  ])
    expect(ended.stdout).toMatch(part);
  expect((await readReport(ended.folder))?.scenarios.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'It 0 passed',
    'It 1 failed',
  ]);
  expect(await readFile(join(ended.folder, 'shard-2/log.txt'), 'utf8')).toBe('running\n');
  expect(await leftOver()).toEqual([]);
});

test('a shard whose pod died without a report fails the fleet, and the others have theirs', async () => {
  fate = (index) =>
    index === 0 ? { log: logOf(0, 'passed'), exitCode: 0 } : { log: 'running\nKilled\n', exitCode: 137 };
  const ended = await fleet({ before: 'shard-7' });
  expect((await readdir(ended.folder)).toSorted()).toEqual(['shard-1', 'shard-2']);
  expect(ended.exitCode).toBe(3);
  expect(ended.stdout).toContain(
    'shard 2/2: ended (Error 137) without a report: its log does not end with a report: see out/shard-2/log.txt\n',
  );
  expect(ended.stderr).toContain('fleet: shard 2/2 is missing');
  expect((await readReport(join(ended.folder, 'shard-1')))?.totals.passed).toBe(1);
  expect(await leftOver()).toEqual([]);
});

test('Ctrl-C takes the fleet down, and nothing is left', async () => {
  fate = () => 'goes on';
  const ended = await fleet({ interruptedAfter: 'Job corral-' });
  expect(ended).toMatchObject({ exitCode: 4, stderr: '' });
  expect(ended.stdout).toMatch(
    /\nInterrupted by SIGINT: the shards clean up, and the fleet goes\n[\s\S]*Removing what the fleet made: done$/,
  );
  expect(await leftOver()).toEqual([]);
});
