import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Faults } from '../../e2e/faults/fault.ts';
import {
  apiServerStopped,
  clockSkewed,
  compactEtcd,
  diskFailing,
  nodeCrashed,
  nodeCut,
  nodeFrozen,
  nodeSlow,
} from '../../e2e/faults/lab-faults.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { expectHistory, type StateStep, waitUntil } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { askLab } from '../../lab/control/ask.ts';
import type { Lab } from '../../lab/run/start.ts';
import { buildAndStartLab } from '../../lab/up.ts';
import { makeDeployment, makePod, type Pod } from '../support/lab-pods.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

type Node = KubernetesObject & {
  status: { conditions?: { type: string; status: string }[]; nodeInfo: { bootID: string } };
};

const name = `faults-${process.pid}`;
// A machine that is busy with other things takes its time to boot a node.
const wait = { within: '5m', owner: 'this test' } as const;
const namespace = 'default';
let lab: Lab;
let cluster: Cluster;
let faults: Faults;
let out: string | undefined;
let nodes: Timeline<Node>;
let pods: Timeline<Pod>;
/** The lab, as the faults know it. */
let on: (node: string) => { lab: string; node: string };

beforeAll(async () => {
  // With Kubernetes' own 50 s each loss of a node would take a minute to show.
  lab = await buildAndStartLab({
    name,
    nodes: 2,
    memory: '768M',
    disk: '2G',
    nodeGrace: '16s',
    step: (_title, work) => work(() => {}),
  });
  cluster = connect(lab);
  on = (node) => ({ lab: dirname(lab.kubeconfig), node });
  out = await mkdtemp(join(tmpdir(), 'corral-faults-'));
  faults = openFaults({ cluster, ledger: await openLedger(out) });
  [nodes, pods] = await Promise.all([
    follow<Node>(cluster, resources.nodes),
    follow<Pod>(cluster, resources.pods, { namespace }),
  ]);
  await Promise.all(['node1', 'node2'].map((node) => makePod(cluster, { name: `on-${node}`, node })));
  await Promise.all(['on-node1', 'on-node2'].map((pod) => running(pod)));
});

afterEach(() => faults.healAll());

afterAll(async () => {
  await lab?.stop();
  if (out !== undefined) await rm(out, { recursive: true, force: true });
});

const running = (name: string, restarts = 0) => {
  const isUp = ({ status: { containerStatuses } }: Pod) =>
    containerStatuses?.every(({ ready, restartCount }) => ready && restartCount >= restarts) === true;
  return waitUntil(pods, isUp, { ...wait, name, label: `${name} runs after ${restarts} restarts` });
};
const isReady = (name: string, is: 'True' | 'Unknown') => {
  const readiness = ({ status }: Node) => status.conditions?.find(({ type }) => type === 'Ready')?.status;
  return waitUntil(nodes, (node) => readiness(node) === is, {
    ...wait,
    name,
    label: `${name}'s readiness is ${is}`,
  });
};
const inNode = (node: string, script: string, withinMs?: number) =>
  askLab(name, { action: 'run', node, script, withinMs }) as Promise<{ stdout: string; exitCode: number }>;
const inPod = (pod: string, script: string) => cluster.exec({ namespace, name: pod }, ['bash', '-c', script]);

test('a node without power is NotReady and its pods are made elsewhere; it comes back with what was on its disks', async () => {
  await makeDeployment(cluster, { name: 'web', node: 'node2' });
  const webOn = (node: string) => {
    const isRunning = ({ metadata, spec, status }: Pod) =>
      metadata.name.startsWith('web-') && spec.nodeName === node && status.phase === 'Running';
    return waitUntil(pods, isRunning, { ...wait, label: `a pod of web runs on ${node}` });
  };
  await webOn('node2');
  await inPod('on-node2', 'echo kept > /disk/kept; sync /disk/kept');
  const { bootID } = (nodes.current('node2') as Node).status.nodeInfo;

  const crashed = await faults.inject(nodeCrashed(on('node2')));
  expect(await crashed.prove()).toBe("node2 is down: none of its kernel's processes is left");
  await expect(inNode('node2', 'true')).rejects.toThrow('node2 is down');
  await isReady('node2', 'Unknown');
  await webOn('node1');

  expect(await crashed.heal()).toMatch(
    /^node2 is up: its kernel runs, in \d+ processes; it took commands [\d.]+ s after its start$/,
  );
  const { status } = await isReady('node2', 'True');
  expect(status.nodeInfo.bootID).not.toBe(bootID);
  await running('on-node2', 1);
  expect(await inPod('on-node2', 'cat /disk/kept')).toMatchObject({ stdout: 'kept\n' });
});

// Both at once: each takes Kubernetes its grace period to notice.
test('a node that is frozen and one that is cut off are NotReady until they are thawed and joined', async () => {
  const frozen = await faults.inject(nodeFrozen(on('node1')));
  expect(await frozen.prove()).toMatch(/^node1 is frozen: all \d+ processes of its kernel are stopped$/);
  const cut = await faults.inject(nodeCut(on('node2')));
  expect(await cut.prove()).toBe('node2 is cut off: port2, its port on the bridge, is down');
  await Promise.all(['node1', 'node2'].map((node) => isReady(node, 'Unknown')));
  expect(await inNode('node2', 'pgrep -c kubelet')).toMatchObject({ exitCode: 0, stdout: '1\n' });
  await expect(inNode('node1', 'true', 1000)).rejects.toThrow('node1 did not answer within 1 s');

  expect(await frozen.heal()).toMatch(/^node1 is not frozen: its kernel runs, in \d+ processes$/);
  expect(await cut.heal()).toBe('node2 is joined: port2, its port on the bridge, is up');
  await Promise.all(['node1', 'node2'].map((node) => isReady(node, 'True')));
  expect(await askLab(name, { action: 'look', at: 'clock', node: 'node1' })).toMatchObject({ faulty: false });
});

test('a slow node takes that much longer to reach, and be reached', async () => {
  // Milliseconds until a connection to the API server is made, which takes one round trip; the best of three.
  const trip = async () => {
    const connecting =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: bash reads it, in microseconds.
      'a=${EPOCHREALTIME/./}; exec 3<>/dev/tcp/172.31.77.1/6443; echo $((${EPOCHREALTIME/./} - a))';
    const { stdout } = await inPod('on-node2', `for _ in 1 2 3; do ${connecting}; done`);
    return Math.min(...stdout.trim().split('\n').map(Number)) / 1000;
  };
  expect(await trip()).toBeLessThan(200);
  const slow = await faults.inject(nodeSlow({ ...on('node2'), delayMs: 100 }));
  expect(await slow.prove()).toBe(
    'node2 is slow: netem delays what it sends (vec0) and what it receives (ifb0) by 100 ms and loses 0 % of it',
  );
  expect(await trip()).toBeGreaterThanOrEqual(200);
  expect(await slow.heal()).toBe('node2 is as fast as ever: no netem on its network');
  expect(await trip()).toBeLessThan(200);
});

test('a disk that fails gives EIO to who writes; healed, it is written again', async () => {
  const write = 'echo new > /disk/new && sync /disk/new';
  expect(await inPod('on-node2', write)).toMatchObject({ exitCode: 0 });
  const failing = await faults.inject(diskFailing(on('node2')));
  expect(await failing.prove()).toContain('and now a read of it ends with "Input/output error"');
  const { exitCode, stderr } = await inPod('on-node2', write);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Input/output error')]);
  // ext4 goes read-only when its journal meets the error.
  const until =
    'for _ in {1..300}; do touch /disk/x 2>&1 | grep -q "Read-only" && exit 7; sync /disk; sleep 0.1; done';
  expect(await inPod('on-node2', until)).toMatchObject({ exitCode: 7 });

  const { restartCount = 0 } = pods.current('on-node2')?.status.containerStatuses?.[0] ?? {};
  expect(await failing.heal()).toMatch(
    /^node2's disk at \/var\/lib\/longhorn works: .* and it was mounted again$/,
  );
  await running('on-node2', restartCount + 1);
  const again = await inPod('on-node2', `cat /disk/kept && ${write}`);
  expect(again).toMatchObject({ exitCode: 0, stdout: 'kept\n' });
});

test('a node whose clock is set back is wrong for its pods and its leases, and still trusts the API server', async () => {
  const offset = async () => Number((await inPod('on-node1', 'date +%s')).stdout) - Date.now() / 1000;
  const back = await faults.inject(clockSkewed({ ...on('node1'), skewMs: -3_600_000 }));
  expect(await back.prove()).toMatch(/^node1's clock is 1 h behind: /);
  expect(Math.abs((await offset()) + 3600)).toBeLessThan(15);
  // A kubelet that looks at a certificate anew: only a new connection makes it.
  await (await faults.inject(apiServerStopped(on('node1')))).heal();
  type Lease = KubernetesObject & { spec: { renewTime: string } };
  const leases = await follow<Lease>(cluster, resources.leases, { namespace: 'kube-node-lease' });
  const before = (leases.current('node1') as Lease).spec.renewTime;
  const isRenewed = ({ spec: { renewTime } }: Lease) =>
    renewTime !== before && Date.parse(renewTime) < Date.now() - 3_500_000;
  await waitUntil(leases, isRenewed, {
    ...wait,
    name: 'node1',
    label: 'node1 renews its lease, by its own clock',
  });
  await leases.stop();
  expect(await back.heal()).toMatch(/^node1's clock is right: /);
  expect(Math.abs(await offset())).toBeLessThan(15);
});

test("a date that is set is noticed when what holds the vDSO to the kernel's clock is stopped", async () => {
  const script = `
    pkill -STOP vdso-clock
    trap 'pkill -CONT vdso-clock' EXIT
    was=\${EPOCHREALTIME%.*}
    date -s "@$((was + 3600))" > /dev/null
    # By a process of its own, which ends it where it hangs.
    timeout 60 bash -c 'until (( \${EPOCHREALTIME%.*} >= $1 + 3600 )); do read -rt 0.1 <> <(:); done; echo noticed' noticed "$was"`;
  expect(await askLab(name, { action: 'run', node: 'node1', script })).toMatchObject({ stdout: 'noticed\n' });
  expect(await askLab(name, { action: 'clock-heal', node: 'node1' })).toMatchObject({ faulty: false });
});

const shows = (state: string): StateStep<KubernetesObject> => ({
  label: state,
  matches: ({ metadata }) => metadata.labels?.state === state,
});
const makeLamp = (name: string) =>
  cluster.create(resources.configMaps, { metadata: { name, namespace, labels: { state: 'off' } } });
/** Its history goes from off to on, before it is too late. */
const goesOn = (lamps: Timeline, name: string) =>
  expectHistory(lamps, { name, label: `the ${name}`, describe: () => '' })
    .goes(shows('off'), shows('on'))
    .within('5m', 'this test');
const lampIs = (lamp: string, state: string) =>
  cluster.patch(resources.configMaps, { namespace, name: lamp }, { metadata: { labels: { state } } });

test('an API server that was away has lost nothing of a history', async () => {
  const lamps = await follow(cluster, resources.configMaps, { namespace });
  await makeLamp('lamp');
  // Something later than what the watch has seen.
  await cluster.create(resources.secrets, { metadata: { name: 'later', namespace } });
  const stopped = await faults.inject(apiServerStopped(on('node1')));
  expect(await stopped.prove()).toMatch(
    /^the API server is stopped: a connection to .* ends with ECONNREFUSED$/,
  );
  await expect(cluster.version()).rejects.toThrow();
  expect(await stopped.heal()).toMatch(/^the API server runs: /);
  await cluster.create(resources.configMaps, { metadata: { name: 'since', namespace } });
  await waitUntil(lamps, () => true, { ...wait, name: 'since', label: 'the watch goes on' });
  // A new API server's watch cache does not reach back to the watch; what it lists did not change meanwhile,
  // so nothing is lost.
  const kinds = lamps.entries
    .filter((entry) => entry.kind === 'gap' || entry.object.metadata.name === 'lamp')
    .map(({ kind }) => kind);
  expect(kinds).toEqual(['added', 'gap', 'listed']);
  await lampIs('lamp', 'on');
  await goesOn(lamps, 'lamp');
  // With this lab's short patience a node whose lease could not be renewed may have become Unknown meanwhile:
  // it comes back by itself.
  for (const name of ['node1', 'node2']) await isReady(name, 'True');
  await lamps.stop();
});

test('after a compaction of etcd, a watch that was held back meets 410: its history has a gap', async () => {
  const proxy = await startTcpProxy(Number(new URL(cluster.server).port));
  const kubeconfig = join(out as string, 'kubeconfig');
  const throughProxy = (text: string) => text.replace(cluster.server, `https://127.0.0.1:${proxy.port}`);
  await writeFile(kubeconfig, throughProxy(await readFile(lab.kubeconfig, 'utf8')));
  await makeLamp('torch');
  const torches = await follow(connect({ kubeconfig }), resources.configMaps, { namespace });
  proxy.refuse();
  proxy.cut();
  await lampIs('torch', 'on');
  await lampIs('torch', 'off');
  expect(await compactEtcd(on('node1'))).toMatch(
    /^etcd is compacted: .* revision \d+, and the API server was started anew: a watch from \d+ meets 410$/,
  );
  await lampIs('torch', 'on');
  proxy.accept();
  await expect(goesOn(torches, 'torch')).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
  const gap = torches.entries.find(({ kind }) => kind === 'gap');
  expect(gap).toMatchObject({ reason: expect.stringMatching(/410/) });
  await torches.stop();
  await proxy.close();
});

test('the commands say what is in force, and what was before', async () => {
  const command = (...args: string[]) =>
    execa('node', ['scripts/corral.ts', 'lab', ...args, '--name', name], { reject: false, stdin: 'ignore' });
  const isCut = 'node2 is cut off: port2, its port on the bridge, is down';
  expect(await command('cut', 'node2')).toMatchObject({ exitCode: 0, stdout: isCut });
  expect(await command('cut', 'node2')).toMatchObject({ exitCode: 0, stdout: `${isCut} (it was so before)` });
  const { stdout } = await execa('node', ['scripts/corral.ts', 'lab', 'status']);
  expect(stdout).toContain(`\n  in force: ${isCut}`);
  const isJoined = 'node2 is joined: port2, its port on the bridge, is up';
  expect(await command('join', 'node2')).toMatchObject({ exitCode: 0, stdout: isJoined });
  const none = 'lab: the lab has no node named node3; it has node1, node2';
  expect(await command('thaw', 'node3')).toMatchObject({ exitCode: 1, stderr: none });
  expect(await command('clock', 'node1', '--skew', '10h')).toMatchObject({ exitCode: 0 });
  const tooFar = expect.stringContaining('9 days at most');
  expect(await command('clock', 'node1', '--skew', '1000h')).toMatchObject({ exitCode: 1, stderr: tooFar });
  expect(await command('clock', 'node1', '--heal')).toMatchObject({ exitCode: 0 });
});
