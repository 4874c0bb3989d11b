import { readFile, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExistingCluster } from '../../../e2e/config/config.ts';
import { resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { existingOn } from '../../../providers/existing/existing.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { NotFit } from '../../../providers/provider.ts';
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
afterEach(() => server.stop());

/** `asks`: there is somebody at a terminal, who types this, or nothing yet. */
type Asked = Partial<ExistingCluster> & { typed?: string | undefined; asks?: boolean; signal?: AbortSignal };

/** A terminal at which somebody types, or what stands in its place where there is none. */
const terminal = ({ typed, asks = typed !== undefined }: Pick<Asked, 'typed' | 'asks'>) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  if (!asks) return { input, output };
  if (typed !== undefined) input.end(typed);
  return { input: Object.assign(input, { isTTY: true }), output: Object.assign(output, { isTTY: true }) };
};

const up = async ({ typed, asks, signal = new AbortController().signal, ...flags }: Asked = {}) => {
  const { input, output } = terminal({ typed, ...(asks === undefined ? {} : { asks }) });
  const existing: ExistingCluster = {
    kubeconfig: server.kubeconfig,
    context: 'stub',
    expectCluster: uid,
    storeImage: 'store:1',
    namespace: undefined,
    allow: [],
    ...flags,
  };
  const progress = plainProgress((line) => said.push(line));
  const cluster = await existingOn({ input, output }).up({
    longhorn: 'installed',
    existing,
    run: 'abc123',
    out: '/nowhere',
    signal,
    progress,
  });
  return { cluster, asked: String(output.read() ?? '') };
};

/** The line that a run is refused with; and nothing was asked for but by reading. */
const refusal = async (asked: Asked = {}): Promise<string> => {
  const error = await up(asked).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(NotFit);
  expect(server.asked.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each))).toEqual([]);
  return (error as Error).message
    .replaceAll(server.url, '<server>')
    .replaceAll(server.kubeconfig, '<kubeconfig>');
};

test('a cluster that was named is looked at, told of, and left as it is', async () => {
  const { cluster, asked } = await up({ allow: ['manager-kill'] });
  expect(asked).toBe('');
  expect(said.map((line) => line.replace(server.url, '<server>'))).toMatchInlineSnapshot(`
    [
      "Cluster: <server> (context stub), Kubernetes v1.36.1",
      "  its UID, that of the namespace kube-system: 3b0f6a8e-0000-4000-8000-000000000001",
      "  Longhorn v1.12.1, ready on node1, node2",
      "Each scenario makes in it, and removes again, all labelled corral.test/run=abc123:",
      "  an NFS server (image store:1; its pod has some of root's capabilities) in a namespace corral-abc123-store-…",
      "  in longhorn-system: a backup target corral-abc123-target-…, a volume corral-abc123-volume-…, its snapshots and backups, and recurring jobs of its own",
      "Allowed (--allow):",
      "  manager-kill: kills longhorn-manager pods",
      "Not allowed, so scenarios that need it are skipped:",
      "  process-hold: stops processes in longhorn-manager pods",
      "  manager-mount: makes a folder of the scenario's own backup store read-only within longhorn-manager pods",
      "  store-stall: stops the server of the scenario's own backup store for a while, on which longhorn-manager and the nodes then wait",
      "  admission-policy: makes an admission policy that denies deletions",
      "  settings: changes Longhorn's settings",
      "  default-target: changes Longhorn's default backup target",
      "  node-fault: crashes, freezes or cuts off nodes",
    ]
  `);
  expect(cluster).toMatchObject({
    kubeconfig: server.kubeconfig,
    context: 'stub',
    provider: 'existing',
    storeImage: 'store:1',
    allow: ['manager-kill'],
    target: { name: 'installed', version: 'v1.12.1' },
    clocks: undefined,
    // As many as there are nodes.
    workers: 2,
  });
  expect(cluster.lost.aborted).toBe(false);
  expect(await cluster.differences?.({ signal: new AbortController().signal })).toEqual([]);
  server.put(longhorn.settings, { metadata: { name: 'backup-concurrent-limit' }, value: '5' });
  expect(await cluster.differences?.({ signal: new AbortController().signal })).toEqual([
    'setting backup-concurrent-limit: value was "2", is "5"',
  ]);
  await cluster.down();
  expect(server.asked.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each))).toEqual([]);
});

test('a namespace that was given for all stores is told of, and passed on', async () => {
  const { cluster } = await up({ namespace: 'corral' });
  expect(said.join('\n')).toContain("some of root's capabilities) in the namespace corral\n");
  expect(cluster.namespace).toBe('corral');
  await cluster.down();
});

test('the emulator is told from a Longhorn by its version', async () => {
  server.put(longhorn.settings, {
    metadata: { name: 'current-longhorn-version' },
    value: 'v1.12.1-emulator',
  });
  const { cluster } = await up();
  expect(cluster.target).toEqual({ name: 'emulator', version: 'v1.12.1-emulator' });
  await cluster.down();
});

test('other clocks than Longhorn has are passed on', async () => {
  const clocks = { deletionBackoff: 10_000, resync: 5000, lockLife: 15_000, monitorPoll: 500 };
  const { cluster } = await up({ clocks });
  expect(cluster.clocks).toEqual(clocks);
  await cluster.down();
});

describe('refused in one line', () => {
  test('another cluster than the one expected', async () => {
    expect(await refusal({ expectCluster: another })).toBe(
      `--expect-cluster ${another} is another cluster: <server> (context stub) is ${uid}; nothing was made in it`,
    );
  });

  test('nobody to ask: the line has the flag to add', async () => {
    expect(await refusal({ expectCluster: undefined })).toBe(
      `nobody has said yet that the cluster at <server> (context stub) is the one: add --expect-cluster ${uid}, or start this at a terminal`,
    );
  });

  test.each(['no\n', '\n', '', 'yes\n', 'stub2\n'])('%j at the terminal', async (typed) => {
    expect(await refusal({ expectCluster: undefined, typed })).toBe(
      `not confirmed, and nothing was made: type stub, or add --expect-cluster ${uid}`,
    );
  });

  test('a file that is no kubeconfig, a context that is not in it', async () => {
    expect(await refusal({ kubeconfig: '/dev/null' })).toBe(
      '--kubeconfig: cannot read the kubeconfig /dev/null: it is no kubeconfig',
    );
    expect(await refusal({ context: 'prod' })).toBe(
      '--kubeconfig: the kubeconfig <kubeconfig> has no context "prod" (it has: stub)',
    );
  });

  test.each<[string, () => void, string]>([
    [
      'credentials that are not accepted',
      () => server.answer(401),
      'the API server <server> does not accept the credentials of context stub: renew them, or name another context',
    ],
    [
      'something else than an API server',
      () => server.answer(200, '<html></html>'),
      '<server> (context stub) answers (200), but not as a Kubernetes API server: see that --kubeconfig and --context name one',
    ],
    [
      'no Longhorn at all',
      () => {
        for (const name of ['node1', 'node2']) server.remove(longhorn.nodes, name);
        for (const name of ['longhorn-manager-a', 'longhorn-manager-b']) server.remove(resources.pods, name);
      },
      'there is no Longhorn in the namespace longhorn-system of <server> (context stub): install one first',
    ],
    [
      'a Longhorn that is too old',
      () =>
        server.put(longhorn.settings, { metadata: { name: 'current-longhorn-version' }, value: 'v1.7.3' }),
      'Longhorn v1.7.3 is too old: scenarios need v1.8.0 or newer, with backup targets by name',
    ],
    [
      'no node that is ready',
      () => {
        server.remove(resources.pods, 'longhorn-manager-a');
        server.put(longhorn.nodes, {
          metadata: { name: 'node2' },
          status: { conditions: [{ type: 'Ready', status: 'False', reason: 'KubernetesNodeNotReady' }] },
        });
      },
      'no node of Longhorn v1.12.1 is ready: node1 (no longhorn-manager pod runs on it), node2 (KubernetesNodeNotReady): see kubectl -n longhorn-system get nodes.longhorn.io',
    ],
  ])('%s', async (_, change, line) => {
    change();
    expect(await refusal()).toBe(line);
  });

  test('a server that is not there', async () => {
    const file = await readFile(server.kubeconfig, 'utf8');
    const kubeconfig = `${server.kubeconfig}.gone`;
    // Nobody listens on port 1.
    await writeFile(kubeconfig, file.replace(server.url, 'http://127.0.0.1:1'));
    expect(await refusal({ kubeconfig })).toBe(
      'the API server http://127.0.0.1:1 (context stub) cannot be reached: connect ECONNREFUSED 127.0.0.1:1: see that it runs, and that --kubeconfig and --context name it',
    );
  });
});

test('rights that are missing are told before anybody is asked', async () => {
  server.deny({ verb: 'create', resource: 'volumes' });
  const lines = (await refusal({ expectCluster: undefined, typed: 'stub\n' })).split('\n');
  expect(lines.some((line) => /create volumes/.test(line))).toBe(true);
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
