import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { checkTools } from '../../../providers/docker/check.ts';
import { createCluster } from '../../../providers/docker/cluster.ts';
import { runTool } from '../../../providers/docker/run.ts';
import { k3dTool } from '../../../providers/k3d/tool.ts';
import { kindTool } from '../../../providers/kind/tool.ts';
import { type Behaviour, stubDocker } from '../../support/docker-stubs.ts';

let stubs: Awaited<ReturnType<typeof stubDocker>>;

beforeEach(async () => {
  stubs = await stubDocker();
  return () => stubs.stop();
});

const signal = new AbortController().signal;
const name = `corral-${process.pid}`;
const calls = (): string[] =>
  stubs.calls().map(({ line }) =>
    line
      .replaceAll(name, 'NAME')
      .replaceAll(process.cwd(), 'ROOT')
      .replace(/\S+\/kubeconfig(?= |$)/, 'KUBECONFIG'),
  );

// Who has ended, and is not yet taken note of, is a zombie.
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

test.each([kindTool, k3dTool])(
  "$name: what is asked from the first to the last; the kubeconfig is this user's alone, and never the default one",
  async (tool) => {
    vi.stubEnv('CORRAL_KIND_IMAGE', 'mine:v1');
    const cluster = await createCluster(tool, { out: stubs.folder, signal });
    const { kubeconfig } = cluster;
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(await readFile(kubeconfig, 'utf8')).toContain('kind: Config');
    expect([kubeconfig, dirname(kubeconfig)].map(mode)).toEqual(['600', '700']);
    await cluster.load('/images.tar', signal);
    await cluster.remove();
    expect(new Set(stubs.calls().map((call) => call.kubeconfig))).toEqual(new Set([kubeconfig]));
    expect(existsSync(dirname(kubeconfig))).toBe(false);
    const { context, workers } = cluster;
    expect([`${context}: ${workers}`.replaceAll(name, 'NAME'), ...calls()]).toEqual(lives[tool.name]);
  },
);

const lives: Record<string, string[]> = {
  kind: [
    'kind-NAME: NAME-worker,NAME-worker2,NAME-worker3',
    'kind get clusters',
    'kind create cluster --name NAME --kubeconfig KUBECONFIG --config kind-config.yaml --retain --image mine:v1',
    'kind load image-archive /images.tar --name NAME --nodes NAME-worker,NAME-worker2,NAME-worker3',
    'kind delete cluster --name NAME',
  ],
  k3d: [
    'k3d-NAME: k3d-NAME-agent-0,k3d-NAME-agent-1,k3d-NAME-agent-2',
    'k3d cluster list --output json',
    'k3d cluster create NAME --servers 1 --agents 3 --no-lb --wait --kubeconfig-update-default=false --kubeconfig-switch-context=false --k3s-arg --disable=traefik@server:* --k3s-arg --disable=servicelb@server:* --k3s-arg --disable=metrics-server@server:* --k3s-arg --node-taint=node-role.kubernetes.io/control-plane:NoSchedule@server:* --env K3D_FIX_MOUNTS=1@server:*;agent:* --volume ROOT/fixtures/kind/iscsiadm:/usr/local/bin/iscsiadm@agent:* --volume /var/lib/longhorn@agent:*',
    'k3d kubeconfig get NAME',
    'k3d image import /images.tar --cluster NAME --mode direct',
    'k3d cluster delete NAME',
  ],
};

test.each([
  [kindTool, `kind delete cluster --name ${name}`],
  [k3dTool, `k3d cluster delete ${name}`],
])('$name: a cluster that is there already is not touched', async (tool, command) => {
  await stubs.make(name);
  const trouble = { code: 'cluster-name-taken', remedy: command };
  await expect(createCluster(tool, { out: stubs.folder, signal })).rejects.toMatchObject(trouble);
  expect([stubs.calls().length, ...stubs.clusters()]).toEqual([1, name]);
});

const run = (command: string, timeout = 60_000) => {
  const [tool = '', ...args] = command.split(' ');
  return runTool(tool, args, { kubeconfig: '/nowhere', timeout });
};

// What it printed may be a kubeconfig, with its keys.
test.each([
  [
    'kind create cluster',
    ' • Starting control-plane 🕹️  ...\n ✗ Starting control-plane 🕹️\nERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec --privileged x-control-plane kubeadm init --config=/kind/kubeadm.conf --skip-token-print --v=6" failed with error: exit status 1\n\nCommand Output: I1122 18:13:13.651727     137 initconfiguration.go:262] loading configuration from "/kind/kubeadm.conf"\n[init] Using Kubernetes version: v1.36.3\n[kubelet-start] Starting the kubelet\nerror: error execution phase wait-control-plane: client rate limiter Wait returned an error\nk8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).Run.func1\n\tk8s.io/kubernetes@v1.36.3/cmd/kubeadm/app/cmd/phases/workflow/runner.go:262',
    'failed to create cluster: failed to init node with kubeadm: exit status 1 error: error execution phase wait-control-plane: client rate limiter Wait returned an error',
  ],
  [
    'kind load image-archive',
    'ERROR: failed to load image: command "docker exec --privileged -i x-worker ctr --namespace=k8s.io images import --all-platforms --digests --snapshotter=overlayfs -" failed with error: exit status 1\nCommand Output: ctr: content digest sha256:6e7e: not found\nStack Trace: \nsigs.k8s.io/kind/pkg/errors.WithStack',
    'failed to load image: exit status 1 Command Output: ctr: content digest sha256:6e7e: not found',
  ],
])('%s fails: its own error alone is printed, on one line', async (command, printsError, error) => {
  await stubs.behave({ when: command, prints: 'client-key-data: c2VzYW1l', printsError, exitCode: 1 });
  const message = `${command} failed: ${error}`;
  await expect(run(command)).rejects.toMatchObject({ name: 'PreconditionError', message });
});

test('what takes too long is named, with its time', async () => {
  await stubs.behave({ when: 'kind create', hangs: true });
  await expect(run('kind create cluster', 500)).rejects.toThrow(/^kind create cluster did not end in 500 ms/);
});

describe('what goes wrong leaves nothing behind', () => {
  const create = (tool = kindTool, aborted = signal) =>
    createCluster(tool, { out: stubs.folder, signal: aborted });

  test('creating: what its nodes logged is saved, or that not all of it is', async () => {
    const broken = { printsError: 'ERROR: no node', exitCode: 1, makes: name };
    await stubs.behave({ when: 'kind create', ...broken });
    const failure = `kind create cluster failed: no node: what its nodes logged is in ${stubs.folder}/kind-logs`;
    await expect(create()).rejects.toMatchObject({ name: 'PreconditionError', message: failure });
    await stubs.behave({ when: 'kind [ce]', ...broken });
    await expect(create()).rejects.toThrow(`${failure}, not all of it (kind export logs failed: no node)`);
    await stubs.behave({ when: 'k3d kubeconfig', printsError: 'FATA[0000] Failed to get it', exitCode: 1 });
    await expect(create(k3dTool)).rejects.toThrow(/^k3d kubeconfig get failed: Failed to get it$/);
    expect(stubs.clusters()).toEqual([]);
  });

  test('filling: what its nodes logged is saved while they are there', async () => {
    const { giveUp } = await create();
    const [line, details] = ['no node is Ready', '\n\nLast object:\n  a: b'];
    const message = `${line}: what its nodes logged is in ${stubs.folder}/kind-logs${details}`;
    await expect(giveUp(new Error(line + details))).rejects.toMatchObject({
      name: 'PreconditionError',
      message,
    });
    expect(readFileSync(join(stubs.folder, 'kind-logs/nodes'), 'utf8')).toBe(name);
    expect(stubs.clusters()).toEqual([]);
  });

  test('a cluster that does not go away: the command for it is said', async () => {
    const { remove } = await create();
    await stubs.behave({ when: 'kind delete', printsError: 'ERROR: failed to delete nodes', exitCode: 1 });
    const failure = `kind delete cluster failed: failed to delete nodes: by hand: kind delete cluster --name ${name}`;
    await expect(remove()).rejects.toThrow(new Error(failure));
    await stubs.behave({});
    await remove();
  });

  test('an interruption in the middle of creating', async () => {
    const interruption = new AbortController();
    await stubs.behave({ when: 'kind create', hangs: true, makes: name });
    const creating = create(kindTool, interruption.signal);
    await expect.poll(() => stubs.clusters()).toEqual([name]);
    const creator = stubs.calls().at(-1)?.pid as number;
    interruption.abort(new Error('interrupted by SIGINT'));
    await expect(creating).rejects.toThrow(new Error('interrupted by SIGINT'));
    expect(isAlive(creator)).toBe(false);
    expect(stubs.clusters()).toEqual([]);
  });
});

describe('a cluster goes with its process', () => {
  const inline = (how: string) => {
    const options = { reject: false, stdin: 'ignore', env: { TMPDIR: stubs.folder } } as const;
    return execa(process.execPath, ['tests/support/inline-cluster.ts', how], options);
  };
  const ofGuard = () => readdirSync(stubs.folder).filter((name) => name.startsWith('corral-kind-'));
  // The last that the guard does; until then its second look for a container goes on, in the stubs' folder.
  const untilGuardEnded = () => expect.poll(ofGuard).toEqual([]);

  test.each(['wait', 'end'])('that is killed, or ends by itself: %s', async (how) => {
    const child = inline(how);
    await once(child.stdout, 'data');
    if (how === 'wait') child.kill('SIGKILL');
    await untilGuardEnded();
    expect(stubs.clusters()).toEqual([]);
  });

  test('that is killed while it is made: nobody goes on making it', async () => {
    await stubs.behave({ when: 'kind create', hangs: true, makes: 'corral-half' });
    const child = inline('creating');
    await expect.poll(() => stubs.clusters()).toEqual(['corral-half']);
    const creator = stubs.calls().at(-1)?.pid as number;
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(creator)).toBe(false);
    await untilGuardEnded();
    expect(calls().filter((call) => call.startsWith('kind delete'))).toHaveLength(2);
  });

  test('unless it is kept', async () => {
    const child = inline('keep');
    await once(child.stdout, 'data');
    const { length } = stubs.calls();
    child.kill('SIGKILL');
    await child;
    // The guard would have begun to delete at once.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect([stubs.calls().length, stubs.clusters().length]).toEqual([length, 1]);
  });
});

test('the workers of kind-config.yaml are those that are waited for, and have what stands for iscsiadm', async () => {
  type Node = { role: string; extraMounts?: { hostPath: string }[] };
  const { nodes } = parse(await readFile('kind-config.yaml', 'utf8')) as { nodes: Node[] };
  const workers = nodes.filter(({ role }) => role === 'worker');
  expect(workers).toHaveLength(kindTool.workers('x').length);
  const [path = '', ...others] = new Set(workers.map(({ extraMounts }) => extraMounts?.[0]?.hostPath));
  expect(others).toEqual([]);
  expect((await execa(path, ['--version'])).stdout).toContain('iscsiadm version');
  const stderr = 'corral: there is no iSCSI in a node that is a container (longhorn #8158)';
  expect(await execa(path, ['-m', 'discovery'], { reject: false })).toMatchObject({ exitCode: 1, stderr });
});

test.each([kindTool, k3dTool])('$name and Docker are there', async (tool) => {
  await checkTools(tool);
  const docker = 'docker version --format {{.Server.Os}}/{{.Server.Arch}}';
  expect(stubs.calls().map(({ line }) => line)).toEqual([`${tool.name} version`, docker]);
});

// One that is missing, too old, or does not answer, is the doctor's to report as well (doctor.test.ts).
test.each<[string, Behaviour]>([
  ['docker-platform', { when: 'docker', prints: 'linux/arm64' }],
  ['tool-version-unknown', { when: 'kind version', exitCode: 139, printsError: 'Segmentation fault' }],
])('%s', async (code, behaviour) => {
  await stubs.behave(behaviour);
  await expect(checkTools(kindTool)).rejects.toMatchObject({ name: 'PreconditionError', code });
});
