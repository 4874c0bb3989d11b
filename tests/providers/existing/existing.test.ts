import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExistingCluster } from '../../../e2e/config/config.ts';
import { resources } from '../../../e2e/kube/cluster.ts';
import { disruptions } from '../../../e2e/longhorn/disruptions.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { PreconditionError, type PreconditionFailure } from '../../../e2e/machine/precondition-error.ts';
import { createExistingProvider } from '../../../providers/existing/existing.ts';
import { guardBareRun } from '../../../providers/existing/guard-bare-run.ts';
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
type GivenCluster = Partial<ExistingCluster> & {
  typed?: string | undefined;
  asks?: boolean;
  signal?: AbortSignal;
};

/** A terminal at which somebody types, or what stands in its place where there is none. */
const terminal = ({ typed, asks = typed !== undefined }: Pick<GivenCluster, 'typed' | 'asks'>) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  if (!asks) return { input, output };
  if (typed !== undefined) input.end(typed);
  return { input: Object.assign(input, { isTTY: true }), output: Object.assign(output, { isTTY: true }) };
};

const named = () => ({
  ...{ kubeconfig: server.kubeconfig, storeImage: 'store:1', namespace: undefined, allow: [] },
});

const up = async ({ typed, asks, signal = new AbortController().signal, ...flags }: GivenCluster = {}) => {
  const { input, output } = terminal({ typed, ...(asks === undefined ? {} : { asks }) });
  const cluster = await createExistingProvider({ input, output }).up({
    longhorn: 'installed',
    existing: { ...named(), context: 'stub', expectCluster: uid, ...flags },
    run: 'abc123',
    out: '/nowhere',
    signal,
    progress: plainProgress((line) => said.push(line)),
  });
  return { cluster, prompt: String(output.read() ?? '') };
};

const notRead = () => server.requests.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each));

/** Why a run is refused; and nothing was asked for but by reading. */
const refusal = async (refused: Promise<unknown>): Promise<PreconditionFailure> => {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (!(error instanceof PreconditionError)) throw error;
  expect(notRead()).toEqual([]);
  const { code, what, where, remedy } = error;
  return { code, where, what: what.replaceAll(server.url, '<server>'), remedy };
};

test('a cluster that was named is looked at, printed, and left as it is', async () => {
  const { cluster, prompt } = await up({ allow: ['manager-kill'] });
  expect(prompt).toBe('');
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

test('what spoils a run on such a cluster is reported before it', async () => {
  server.put(longhorn.backupTargets, { metadata: { name: 'default' }, spec: { backupTargetURL: '' } });
  server.put(longhorn.volumes, { metadata: { name: 'dr' }, spec: { size: '1', Standby: true } });
  await up();
  expect(said.filter((line) => /without a URL|on standby/.test(line))).toEqual([
    expect.stringMatching(/^ {2}Backup targets without a URL: default\. .*unset-target-unmounts-stores/),
    expect.stringMatching(/^ {2}Volumes on standby: dr\. /),
  ]);
});

const setting = (value: string) => ({ metadata: { name: 'current-longhorn-version' }, value });

test('a namespace, each kind of store, other clocks are printed or passed on; the emulator is recognised by its version', async () => {
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

const noNodeReady = () => {
  server.remove(resources.pods, 'longhorn-manager-a');
  const conditions = [{ type: 'Ready', status: 'False', reason: 'KubernetesNodeNotReady' }];
  server.put(longhorn.nodes, { metadata: { name: 'node2' }, status: { conditions } });
};
test.each<[what: string, flags: GivenCluster, trouble: Partial<PreconditionFailure>, change?: () => void]>([
  [
    'another cluster than the one expected',
    { expectCluster: another },
    { code: 'cluster-unexpected', where: `--expect-cluster ${another} is another cluster` },
  ],
  [
    'nobody to ask',
    { expectCluster: undefined },
    {
      code: 'cluster-unconfirmed',
      what: 'nobody has said yet that the cluster at <server> (context stub) is the one',
      remedy: `add --expect-cluster ${uid}, or start this at a terminal`,
    },
  ],
  ...['', 'yes\n', 'stub2\n'].map((typed): [string, GivenCluster, Partial<PreconditionFailure>] => [
    `${JSON.stringify(typed)} at the terminal`,
    { expectCluster: undefined, typed },
    { code: 'cluster-unconfirmed', remedy: `type stub, or add --expect-cluster ${uid}` },
  ]),
  ['credentials that are not accepted', {}, { code: 'credentials-refused' }, () => server.answer(401)],
  [
    'something else than an API server',
    {},
    { code: 'no-api-server', remedy: 'see that --kubeconfig and --context name one' },
    () => server.answer(200, '<html></html>'),
  ],
  [
    'a Longhorn that is too old',
    {},
    { code: 'longhorn-too-old' },
    () => server.put(longhorn.settings, setting('v1.7.3')),
  ],
  [
    'no node that is ready',
    {},
    {
      code: 'longhorn-no-node-ready',
      what: 'no node of Longhorn v1.12.1 is ready: node1 (no longhorn-manager pod runs on it), node2 (KubernetesNodeNotReady)',
    },
    noNodeReady,
  ],
])('%s is refused in one line', async (_, flags, trouble, change) => {
  change?.();
  const refused = await refusal(up(flags));
  expect(refused).toMatchObject(trouble);
  expect(refused.what).not.toContain('\n');
});

test('rights that are missing are reported before anybody is asked', async () => {
  server.deny({ verb: 'create', resource: 'volumes' });
  expect(await refusal(up({ expectCluster: undefined, typed: 'stub\n' }))).toEqual({
    code: 'rights-missing',
    what: expect.stringMatching(
      /^the user of context stub may not do 1 of the \d+ things that this run needs:\n {2}create volumes.* in namespace longhorn-system$/,
    ),
    remedy: expect.stringMatching(
      /^to make a service account that may, as an admin \(then run as it, with --namespace corral\): npx corral rbac.* \| kubectl apply -f -$/,
    ),
  });
});

test('the name of the context, typed, is enough', async () => {
  const { cluster, prompt } = await up({ expectCluster: undefined, typed: 'stub\n' });
  expect(prompt).toBe('Type the name of the context to go on (stub): ');
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
  const guard = (change: Partial<Parameters<typeof guardBareRun>[0]>) =>
    guardBareRun(
      { ...named(), provider: 'existing', context: 'stub', run: 'abc123', ...change },
      { terminal: terminal({}), print: (line) => said.push(line) },
    );

  test('is printed for a cluster whose UID was named as for the command, in the words of variables', async () => {
    await guard({ expectCluster: uid });
    expect(said[0]).toBe(`Cluster: ${server.url} (context stub), Kubernetes v1.36.1`);
    expect(said).toContain('Allowed (CORRAL_ALLOW): nothing that others on the cluster could feel');
  });

  test.each<[string, Partial<Parameters<typeof guardBareRun>[0]>, Partial<PreconditionFailure>]>([
    [
      'nobody said that it is the one',
      {},
      {
        code: 'cluster-unconfirmed',
        remedy: `add CORRAL_EXPECT_CLUSTER=${uid}, or start this at a terminal`,
      },
    ],
    ['no context is named', { context: undefined }, { code: 'context-missing' }],
    [
      'there is no kubeconfig',
      { kubeconfig: '/nope' },
      { code: 'cluster-unreadable', where: 'CORRAL_KUBECONFIG' },
    ],
    ['a lab of ours is gone', { provider: 'lab', kubeconfig: '/nope' }, { code: 'kubeconfig-missing' }],
  ])('is refused where %s', async (_, change, trouble) => {
    expect(await refusal(guard(change))).toMatchObject(trouble);
  });

  test('is printed for rights that are missing in the words of variables, and for the command by its own flags', async () => {
    server.deny({ verb: 'create', resource: 'volumes' });
    expect(await refusal(guard({ allow: ['manager-kill'] }))).toMatchObject({
      remedy: expect.stringMatching(
        /\(then run as it, with CORRAL_NAMESPACE=corral\): npx corral rbac --allow manager-kill /,
      ),
    });
  });

  test('on a cluster that Corral has made asks nothing', async () => {
    await guard({ provider: 'lab' });
    expect([said, server.requests]).toEqual([[], []]);
  });
});
