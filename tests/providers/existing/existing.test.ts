import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExistingCluster } from '../../../e2e/config/config.ts';
import { resources } from '../../../e2e/kube/cluster.ts';
import { disruptions } from '../../../e2e/longhorn/disruptions.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { existingOn } from '../../../providers/existing/existing.ts';
import { guardAlone } from '../../../providers/existing/guard-alone.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { putLonghorn } from '../../support/longhorn-objects.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';

const uid = '3b0f6a8e-0000-4000-8000-000000000001';
const another = '3b0f6a8e-0000-4000-8000-000000000002';

let server: StubServer;
let said: string[];
beforeEach(async () => {
  server = await startStubServer({ uid });
  putLonghorn(server);
  said = [];
});

/** `asks`: there is somebody at a terminal, who types this, or nothing yet. */
type Asked = Partial<ExistingCluster> & { typed?: string | undefined; asks?: boolean; signal?: AbortSignal };

/** A terminal at which somebody types, or what stands in its place where there is none. */
const terminal = ({ typed, asks = typed !== undefined }: Pick<Asked, 'typed' | 'asks'>) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  if (!asks) return { input, output };
  if (typed !== undefined) input.end(typed);
  return { input: Object.assign(input, { isTTY: true }), output: Object.assign(output, { isTTY: true }) };
};

const named = () => ({
  ...{ kubeconfig: server.kubeconfig, storeImage: 'store:1', namespace: undefined, allow: [] },
});

const up = async ({ typed, asks, signal = new AbortController().signal, ...flags }: Asked = {}) => {
  const { input, output } = terminal({ typed, ...(asks === undefined ? {} : { asks }) });
  const cluster = await existingOn({ input, output }).up({
    longhorn: 'installed',
    existing: { ...named(), context: 'stub', expectCluster: uid, ...flags },
    run: 'abc123',
    out: '/nowhere',
    signal,
    progress: plainProgress((line) => said.push(line)),
  });
  return { cluster, asked: String(output.read() ?? '') };
};

const notRead = () => server.asked.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each));

/** The line that a run is refused with; and nothing was asked for but by reading. */
const refusal = async (refused: Promise<unknown>): Promise<string> => {
  const error = await refused.catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'NotFit' });
  expect(notRead()).toEqual([]);
  return (error as Error).message.replaceAll(server.url, '<server>');
};

test('a cluster that was named is looked at, told of, and left as it is', async () => {
  const { cluster, asked } = await up({ allow: ['manager-kill'] });
  expect(asked).toBe('');
  expect(said.slice(0, 9).map((line) => line.replace(server.url, '<server>'))).toEqual([
    'Cluster: <server> (context stub), Kubernetes v1.36.1',
    `  its UID, that of the namespace kube-system: ${uid}`,
    '  Longhorn v1.12.1, ready on node1, node2',
    'Each scenario makes in it, and removes again, all labelled corral.test/run=abc123:',
    "  an NFS server (image store:1; its pod has some of root's capabilities) in a namespace corral-abc123-store-…",
    '  in longhorn-system: a backup target corral-abc123-target-…, a volume corral-abc123-volume-…, its snapshots and backups, and recurring jobs of its own',
    'Allowed (--allow):',
    '  manager-kill: kills longhorn-manager pods',
    'Not allowed, so scenarios that need it are skipped:',
  ]);
  const of = said.slice(9).map((line) => line.split(':')[0]?.trim() ?? '');
  expect(of.slice(0, -2)).toEqual(Object.keys(disruptions).filter((name) => name !== 'manager-kill'));
  expect(of.slice(-2)).toEqual([expect.stringMatching(/^The machine is /), 'Time-outs of work']);
  expect(cluster.machine?.measured.read).toBeLessThan(30_000);
  expect(cluster).toMatchObject({
    ...{ kubeconfig: server.kubeconfig, context: 'stub', provider: 'existing', storeImage: 'store:1' },
    ...{ allow: ['manager-kill'], target: { name: 'installed', version: 'v1.12.1' }, clocks: undefined },
    // As many as there are nodes.
    workers: 2,
  });
  expect(cluster.lost.aborted).toBe(false);
  server.remove(longhorn.volumes, 'pvc-1');
  server.put(longhorn.settings, { metadata: { name: 'backup-concurrent-limit' }, value: '5' });
  expect(await cluster.differences?.({ signal: new AbortController().signal })).toEqual([
    'setting backup-concurrent-limit: value was "2", is "5"',
    'volume pvc-1 is gone',
  ]);
  await cluster.down();
  expect(notRead()).toEqual([]);
});

const setting = (value: string) => ({ metadata: { name: 'current-longhorn-version' }, value });

test('a namespace, each kind of store, other clocks are told of or passed on; the emulator is told by its version', async () => {
  vi.stubEnv('CORRAL_STORE', 'all');
  server.put(longhorn.settings, setting('v1.12.1-emulator'));
  const clocks = { deletionBackoff: 10_000, resync: 5000, lockLife: 15_000, monitorPoll: 500 };
  const { cluster } = await up({ namespace: 'corral', clocks });
  expect(said).toContain(
    "  an NFS server, then an S3 server, then a CIFS server (image store:1; its pod has some of root's capabilities) in the namespace corral",
  );
  const target = { name: 'emulator', version: 'v1.12.1-emulator' };
  expect(cluster).toMatchObject({ namespace: 'corral', target, clocks });
  await cluster.down();
});

const tooOld = 'Longhorn v1.7.3 is too old: scenarios need v1.8.0 or newer, with backup targets by name';
const unconfirmed = `not confirmed, and nothing was made: type stub, or add --expect-cluster ${uid}`;

const noneReady =
  'no node of Longhorn v1.12.1 is ready: node1 (no longhorn-manager pod runs on it), node2 (KubernetesNodeNotReady): see kubectl -n longhorn-system get nodes.longhorn.io';
const noNodeReady = () => {
  server.remove(resources.pods, 'longhorn-manager-a');
  const conditions = [{ type: 'Ready', status: 'False', reason: 'KubernetesNodeNotReady' }];
  server.put(longhorn.nodes, { metadata: { name: 'node2' }, status: { conditions } });
};
const unaccepted =
  'the API server <server> does not accept the credentials of context stub: renew them, or name another context';
const noServer =
  '<server> (context stub) answers (200), but not as a Kubernetes API server: see that --kubeconfig and --context name one';

test.each<[what: string, flags: Asked, line: string, change?: () => void]>([
  [
    'another cluster than the one expected',
    { expectCluster: another },
    `--expect-cluster ${another} is another cluster: <server> (context stub) is ${uid}; nothing was made in it`,
  ],
  [
    'nobody to ask',
    { expectCluster: undefined },
    `nobody has said yet that the cluster at <server> (context stub) is the one: add --expect-cluster ${uid}, or start this at a terminal`,
  ],
  ...['', 'yes\n', 'stub2\n'].map((typed): [string, Asked, string] => [
    `${JSON.stringify(typed)} at the terminal`,
    { expectCluster: undefined, typed },
    unconfirmed,
  ]),
  ['credentials that are not accepted', {}, unaccepted, () => server.answer(401)],
  ['something else than an API server', {}, noServer, () => server.answer(200, '<html></html>')],
  ['a Longhorn that is too old', {}, tooOld, () => server.put(longhorn.settings, setting('v1.7.3'))],
  ['no node that is ready', {}, noneReady, noNodeReady],
])('%s is refused in one line', async (_, flags, line, change) => {
  change?.();
  expect(await refusal(up(flags))).toBe(line);
});

test('rights that are missing are told before anybody is asked', async () => {
  server.deny({ verb: 'create', resource: 'volumes' });
  expect(await refusal(up({ expectCluster: undefined, typed: 'stub\n' }))).toMatch(/^.*create volumes/m);
});

test('the name of the context, typed, is enough', async () => {
  const { cluster, asked } = await up({ expectCluster: undefined, typed: 'stub\n' });
  expect(asked).toBe('Type the name of the context to go on (stub): ');
  await cluster.down();
});

test('an interruption does not wait for an answer', async () => {
  const interrupted = new AbortController();
  const waiting = up({ expectCluster: undefined, typed: undefined, asks: true, signal: interrupted.signal });
  waiting.catch(() => {});
  await vi.waitFor(() => expect(said.at(-1)).toContain('node-fault: '), 30_000);
  interrupted.abort(new Error('interrupted by SIGINT'));
  await expect(waiting).rejects.toThrow('interrupted by SIGINT');
});

describe('a run that no command has started', () => {
  const guard = (change: Partial<Parameters<typeof guardAlone>[0]>) =>
    guardAlone(
      { ...named(), provider: 'existing', context: 'stub', run: 'abc123', ...change },
      { terminal: terminal({}), print: (line) => said.push(line) },
    );

  test('is told of a cluster whose UID was named as the command is, in the words of variables', async () => {
    await guard({ expectCluster: uid });
    expect(said[0]).toBe(`Cluster: ${server.url} (context stub), Kubernetes v1.36.1`);
    expect(said).toContain('Allowed (CORRAL_ALLOW): nothing that others on the cluster could feel');
  });

  test.each<[string, Partial<Parameters<typeof guardAlone>[0]>, string]>([
    [
      'nobody said that it is the one',
      {},
      `nobody has said yet that the cluster at <server> (context stub) is the one: add CORRAL_EXPECT_CLUSTER=${uid}, or start this at a terminal`,
    ],
    [
      'no context is named',
      { context: undefined },
      "CORRAL_CONTEXT is not set: a cluster that is somebody's is named, never guessed",
    ],
    [
      'there is no kubeconfig',
      { kubeconfig: '/nope' },
      "CORRAL_KUBECONFIG: cannot read the kubeconfig /nope: ENOENT: no such file or directory, open '/nope'",
    ],
    [
      'a lab of ours is gone',
      { provider: 'lab', kubeconfig: '/nope' },
      'there is no kubeconfig /nope: is that cluster still up?',
    ],
  ])('is refused where %s', async (_, change, line) => {
    expect(await refusal(guard(change))).toBe(line);
  });

  test('on a cluster that Corral has made asks nothing', async () => {
    await guard({ provider: 'lab' });
    expect([said, server.asked]).toEqual([[], []]);
  });
});
