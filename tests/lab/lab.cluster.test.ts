import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { askLab } from '../../lab/control/ask.ts';
import { storeImage } from '../../lab/images/core.ts';
import { prepareLab } from '../../lab/prepare.ts';
import { labDir } from '../../lab/run/settings.ts';
import { startLab } from '../../lab/run/start.ts';
import { labState } from '../../lab/run/state.ts';
import { buildAndStartLab } from '../../lab/up.ts';
import type { Pod } from '../support/lab-pods.ts';
import { share } from '../support/share.ts';
import type { Places } from '../support/shared.ts';

type Node = KubernetesObject & {
  status: {
    nodeInfo: { bootID: string; containerRuntimeVersion: string };
    addresses: { type: string; address: string }[];
  };
};

const step = <T>(_title: string, work: (update: (detail: string) => void) => Promise<T>) => work(() => {});
let lab: Places['lab'];
let name: string;

beforeAll(async () => {
  lab = await share('lab');
  ({ name } = lab);
});

/**
 * The processes that have the lab's folder in their command line, with its words and the network namespace of
 * each.
 */
const processesOfLab = (lab: string) =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isOfLab = words.some((word) => word.includes(labDir(lab)));
        return isOfLab ? [{ pid: Number(pid), words, network: readlinkSync(`/proc/${pid}/ns/net`) }] : [];
      } catch {
        return [];
      }
    });

/**
 * The process that a program (`host.ts`, `unshare`, ...) runs in: it is the first or the second word of its
 * command line.
 */
const pidOf = (lab: string, program: string): number => {
  const found = processesOfLab(lab).find(({ words }) =>
    words.slice(0, 2).some((word) => word.endsWith(program)),
  );
  if (found === undefined) throw new Error(`no ${program} among the processes of ${lab}`);
  return found.pid;
};

test('three real nodes are Ready, each with a kernel of its own', async () => {
  const { items } = await connect(lab).list<Node>(resources.nodes);
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['node1', 'node2', 'node3']);
  expect(new Set(items.map(({ status }) => status.nodeInfo.bootID)).size).toBe(3);
  for (const { status } of items) expect(status.nodeInfo.containerRuntimeVersion).toMatch(/^containerd:/);
  expect(lab.ended).toEqual([]);
});

test('it says how much CPU time each of its parts took since that was asked last', async () => {
  const ask = async () => (await askLab(name, { action: 'cpu' })) as Record<string, number>;
  await ask();
  // A node counts what its processor was taken away for too: of these four seconds a busy machine has the less.
  const busy = 'bash -c "ulimit -t 4; while :; do :; done"';
  await askLab(name, { action: 'run', node: 'node1', script: busy });
  const taken = await ask();
  expect(taken['other programs of the nodes']).toBeGreaterThan(0.2);
  expect(taken.kubelets).toBeGreaterThan(0);
  expect(taken['API server and etcd']).toBeGreaterThan(0);
});

test('a pod runs, answers exec, has its log read, and reaches the API server by name', async () => {
  const cluster = connect(lab);
  const pods = await follow<Pod>(cluster, resources.pods, { namespace: 'default' });
  const command = ['bash', '-c', 'echo hello from the pod; sleep 1000'];
  const container = { name: 'main', image: storeImage, imagePullPolicy: 'Never', command };
  await cluster.create(resources.pods, {
    metadata: { name: 'hello', namespace: 'default' },
    spec: { containers: [container], terminationGracePeriodSeconds: 0 },
  });
  const options = { label: 'the pod runs', name: 'hello', within: '5m', owner: 'this test' } as const;
  await waitUntil(pods, ({ status }) => status.phase === 'Running', options);
  await pods.stop();
  const pod = { namespace: 'default', name: 'hello' };
  // By name needs CoreDNS, by service address kube-proxy.
  const reach = 'exec 3<>/dev/tcp/kubernetes.default.svc.cluster.local/443 && echo reached; exit 7';
  const reached = { stdout: 'reached\n', stderr: '', exitCode: 7 };
  expect(await cluster.exec(pod, ['bash', '-c', reach])).toEqual(reached);
  expect(await cluster.logs(pod)).toBe('hello from the pod\n');
});

test('there is no way out of the lab', async () => {
  const inside = processesOfLab(name).find(({ network }) => network !== readlinkSync('/proc/self/ns/net'));
  const [, ...routes] = readFileSync(`/proc/${inside?.pid}/net/route`, 'utf8').trim().split('\n');
  const destinations = routes.map((line) => line.split('\t')[1]);
  expect(destinations.length).toBeGreaterThan(0);
  expect(destinations).not.toContain('00000000');
});

test('the API server is reached on loopback only, and by nobody without a certificate', async () => {
  const { server } = connect(lab);
  expect(server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(statSync(lab.kubeconfig).mode & 0o777).toBe(0o600);
  const [response] = await once(get(`${server}/api`, { rejectUnauthorized: false }), 'response');
  expect(response.statusCode).toBe(401);
});

test('a kubelet answers nobody without a certificate', async () => {
  const script =
    "for path in pods metrics exec/a/b/c; do curl -sk -o /dev/null -w '%{http_code} ' https://172.31.77.11:10250/$path; done";
  const { stdout } = (await askLab(name, { action: 'run', node: 'node2', script })) as { stdout: string };
  expect(stdout.trim()).toBe('401 401 401');
});

test('outside its namespaces a lab listens on loopback only', () => {
  const host = pidOf(name, 'host.ts');
  const links = readdirSync(`/proc/${host}/fd`).map((fd) => readlinkSync(`/proc/${host}/fd/${fd}`));
  const listening = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${host}/net/${protocol}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, , remote, state, , , , , , inode]) =>
          links.includes(`socket:[${inode}]`) && (state === '0A' || /:0000$/.test(remote ?? '')),
      )
      .map(([, local]) => `${protocol} ${local?.split(':')[0]}`),
  );
  // 127.0.0.1, in the order of bytes that the kernel prints it in.
  expect(listening).toEqual(['tcp 0100007F']);
  const outside = processesOfLab(name).filter(({ network }) => network === readlinkSync('/proc/self/ns/net'));
  const programs = outside.map(({ words }) => words.slice(0, 2).join(' ').split('/').at(-1));
  expect(programs).toEqual(['host.ts']);
});

const untilNothingIsLeftOf = async (other: string): Promise<void> => {
  // Processes of another session have no event for their end: they are looked at until they are gone.
  await expect.poll(() => processesOfLab(other), { timeout: 60_000 }).toEqual([]);
  await expect.poll(() => existsSync(labDir(other)), { timeout: 60_000 }).toBe(false);
  expect(await labState(other)).toBe(undefined);
};
const small = { nodes: 1, memory: '512M', disk: '1G' };

test('a lab whose etcd ends fails at once, with what etcd said, and nothing is left of it', async () => {
  const otherName = `no-etcd-${process.pid}`;
  const { tools, ...prepared } = await prepareLab(step);
  const broken = mkdtempSync(join(tmpdir(), 'corral-tools-'));
  for (const tool of readdirSync(tools)) symlinkSync(join(tools, tool), join(broken, tool));
  unlinkSync(join(broken, 'etcd'));
  writeFileSync(join(broken, 'etcd'), '#!/bin/sh\necho no room\nexit 3\n', { mode: 0o755 });
  const start = startLab({ name: otherName, ...small, ...prepared, tools: broken });
  await expect(start).rejects.toThrow('etcd ended (exit code 3); it last said:\nno room');
  await untilNothingIsLeftOf(otherName);
  rmSync(broken, { recursive: true });
});

test('two labs are up together, strangers to each other, and nothing is left of the one that is stopped', async () => {
  const otherName = `other-${process.pid}`;
  const other = await buildAndStartLab({ name: otherName, ...small, step });
  const [ours, theirs] = await Promise.all(
    [lab, other].map((each) => connect(each).get<Node>(resources.nodes, { name: 'node1' })),
  );
  expect(ours?.status.addresses).toEqual(theirs?.status.addresses);
  expect(ours?.status.nodeInfo.bootID).not.toBe(theirs?.status.nodeInfo.bootID);
  expect(connect(lab).server).not.toBe(connect(other).server);

  const config = parse(readFileSync(lab.kubeconfig, 'utf8'));
  config.clusters[0].cluster = { server: connect(other).server, 'insecure-skip-tls-verify': true };
  const kubeconfig = join(labDir(otherName), 'of-the-other');
  writeFileSync(kubeconfig, stringify(config));
  expect((await connect({ kubeconfig }).request('/api')).status).toBe(401);

  const nodes = await follow(connect(lab), resources.nodes);
  await other.stop();
  await untilNothingIsLeftOf(otherName);
  // This one still takes commands and writes.
  const hostname = await askLab(name, { action: 'run', node: 'node1', script: 'hostname' });
  expect(hostname).toMatchObject({ exitCode: 0, stdout: 'node1\n' });
  await connect(lab).create(resources.configMaps, { metadata: { name: 'made', namespace: 'default' } });
  expect(nodes.entries.filter(({ kind }) => kind === 'gap')).toEqual([]);
  await nodes.stop();
  expect((await share('lab')).ended).toEqual([]);
});

test.each([
  ['host', 'host.ts'],
  ['process that made its namespaces', 'unshare'],
])('nothing is left of a lab that lost its %s', async (_, program) => {
  const otherName = `${program.split('.')[0]}-${process.pid}`;
  await startLab({ name: otherName, ...small, ...(await prepareLab(step)) });
  expect(processesOfLab(otherName).length).toBeGreaterThanOrEqual(8);
  process.kill(pidOf(otherName, program), 'SIGKILL');
  await untilNothingIsLeftOf(otherName);
});
