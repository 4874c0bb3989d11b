import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { clocks } from '../../../emulator/clocks.ts';
import type { Client } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { runRecurringJob } from '../../../emulator/recurring-job/run.ts';
import { end, listen } from '../../support/serving.ts';

type Labels = Record<string, string> | null;
export type FakeSnapshot = { name: string; crCreationTime: string; labels: Labels };
export type FakeBackup = {
  name: string;
  created: string;
  snapshotName: string;
  labels: Labels;
  state: string;
};

/**
 * A Longhorn that does at once what a recurring job asks of its API, and what the job's view of Kubernetes
 * is.
 */
export type FakeLonghorn = {
  name: string;
  spec: {
    task: string;
    retain: number;
    concurrency: number;
    groups: string[];
    labels: Labels;
    parameters: Labels;
  };
  executionCount: number;
  settings: Record<string, string>;
  /** Volumes by name, with the labels that selectors ask for. */
  volumes: Record<string, { state: string; labels: Record<string, string>; lastBackup?: string }>;
  /** The BackupVolume is known: without it there is nothing to list backups of. */
  backupVolumeKnown: boolean;
  snapshots: FakeSnapshot[];
  backups: FakeBackup[];
  /** State that a new backup ends in; one that is Pending has nothing in the volume's status yet. */
  outcome: 'Completed' | 'Error' | 'Pending';
  /** Refuses a request by `ACTION NAME`, with this message. */
  refuse: (request: string) => string | undefined;
  /** What was asked for that changes something, in order. */
  asked: string[];
  /** How many connections its API was asked over. */
  connections: number;
  events: string[];
};

export const fakeLonghorn = (more: Partial<FakeLonghorn> = {}): FakeLonghorn => ({
  name: 'rj-e2e',
  spec: { task: 'backup', retain: 1, concurrency: 1, groups: [], labels: {}, parameters: {} },
  executionCount: 0,
  settings: {
    'allow-recurring-job-while-volume-detached': 'false',
    'auto-cleanup-recurring-job-backup-snapshot': 'true',
  },
  volumes: { 'vz-r': { state: 'attached', labels: { 'recurring-job.longhorn.io/rj-e2e': 'enabled' } } },
  backupVolumeKnown: true,
  snapshots: [],
  backups: [],
  outcome: 'Completed',
  refuse: () => undefined,
  asked: [],
  connections: 0,
  events: [],
  ...more,
});

const kubernetesOf = (fake: FakeLonghorn): Client => ({
  request: async <T>(method: string, path: string, body?: object): Promise<T> => {
    const [, plural = '', name = ''] = /longhorn-system\/([a-z]+)\/?([^/?]*)/.exec(path) ?? [];
    const selector = new URLSearchParams(path.split('?')[1]).get('labelSelector')?.split('=') ?? [];
    const volumes = Object.entries(fake.volumes).filter(
      ([, { labels }]) => labels[selector[0] ?? ''] === selector[1],
    );
    const status = { ownerID: 'node1', executionCount: fake.executionCount };
    if (method === 'PUT') fake.executionCount = (body as { status: typeof status }).status.executionCount;
    if (plural === 'events')
      fake.events.push(`${(body as { reason: string }).reason}: ${(body as { message: string }).message}`);
    const answers: Record<string, () => object> = {
      recurringjobs: () => ({
        metadata: { name: fake.name },
        spec: fake.spec,
        status: { ...status, executionCount: fake.executionCount },
      }),
      settings: () => ({ value: fake.settings[name] }),
      volumes: () => ({
        items: volumes.map(([volume, { state }]) => ({ metadata: { name: volume }, status: { state } })),
      }),
      events: () => ({}),
    };
    return answers[plural]?.() as T;
  },
  lines: () => {
    throw new Error('a job watches nothing');
  },
});

const links = (base: string, kind: string, name: string, actions: string[]) =>
  Object.fromEntries(actions.map((action) => [action, `${base}/${kind}/${name}?action=${action}`]));

const volumeActions = [
  'snapshotCRCreate',
  'snapshotCRList',
  'snapshotCRGet',
  'snapshotCRDelete',
  'snapshotBackup',
];

const remove = (list: { name: string }[], name: string): void => {
  list.splice(
    list.findIndex((each) => each.name === name),
    1,
  );
};

const act = (fake: FakeLonghorn, action: string, input: { name?: string; labels?: Labels }): object => {
  const name = input.name ?? '';
  const labels = input.labels ?? null;
  if (/Create|Delete|snapshotBackup/.test(action)) fake.asked.push(`${action} ${name}`);
  const refused = fake.refuse(`${action} ${name}`);
  if (refused) throw new Error(refused);
  const shown = (snapshot: FakeSnapshot) => ({
    ...snapshot,
    creationTime: snapshot.crCreationTime,
    createSnapshot: true,
    readyToUse: true,
  });
  const now = new Date(Date.UTC(2026, 0, 1) + fake.asked.length * 1_000).toISOString();
  const actions: Record<string, () => unknown> = {
    snapshotCRCreate: () => fake.snapshots.push({ name, labels, crCreationTime: now }),
    snapshotCRList: () => ({ data: fake.snapshots.map(shown) }),
    snapshotCRGet: () => fake.snapshots.map(shown).find((snapshot) => snapshot.name === name),
    snapshotCRDelete: () => remove(fake.snapshots, name),
    snapshotBackup: () => {
      const created = fake.outcome === 'Completed' ? now : '';
      fake.backups.push({ name: 'backup-new', snapshotName: name, labels, created, state: fake.outcome });
    },
    backupList: () => ({ data: fake.backups }),
    backupGet: () => fake.backups.find((backup) => backup.name === name),
    backupDelete: () => remove(fake.backups, name),
  };
  const result = actions[action]?.();
  return typeof result === 'object' && result !== null ? result : {};
};

const answer = (fake: FakeLonghorn, base: string, url: URL, input: object): object | undefined => {
  const [, , kind = '', name = ''] = url.pathname.split('/');
  const action = url.searchParams.get('action');
  if (action) return act(fake, action, input);
  if (kind === '') return {};
  if (kind === 'backupvolumes') {
    const actions = links(base, kind, 'bv', ['backupList', 'backupGet', 'backupDelete']);
    const volumeName = Object.keys(fake.volumes)[0];
    if (name) return { id: 'bv', type: 'backupVolume', actions };
    const data = fake.backupVolumeKnown
      ? [{ name: 'bv', volumeName, backupTargetName: 'default', actions }]
      : [];
    return { type: 'collection', links: { self: 'http://SELF/v1/backupvolumes' }, data };
  }
  const volume = fake.volumes[name];
  const started = fake.backups.filter(({ state }) => state !== 'Pending');
  const backupStatus = started.map((backup) => ({
    ...backup,
    id: backup.name,
    snapshot: backup.snapshotName,
    progress: 100,
    error: '',
  }));
  return (
    volume && {
      name,
      ...volume,
      backupTargetName: 'default',
      backupStatus,
      actions: links(base, kind, name, volumeActions),
    }
  );
};

const serve = async (
  fake: FakeLonghorn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const base = `http://${request.headers.host}/v1`;
  try {
    const url = new URL(request.url ?? '', base);
    if (url.pathname.endsWith('/'))
      return void response.writeHead(301, { location: url.pathname.slice(0, -1) }).end();
    const body = answer(fake, base, url, JSON.parse(Buffer.concat(chunks).toString() || '{}'));
    response.writeHead(body ? 200 : 404).end(JSON.stringify(body));
  } catch (error) {
    const { message } = error as Error;
    response
      .writeHead(500)
      .end(
        JSON.stringify({ type: 'error', status: 500, code: 'Internal Server Error', detail: '', message }),
      );
  }
};

/** Runs the job once on the fake, which it changes; gives the exit code and the log's lines. */
export const runOn = async (
  fake: FakeLonghorn,
  mutant?: Mutant,
): Promise<{ code: number; lines: string[] }> => {
  const lines: string[] = [];
  const server = createServer((request, response) => void serve(fake, request, response));
  server.on('connection', () => fake.connections++);
  const port = await listen(server);
  try {
    const code = await runRecurringJob({
      name: fake.name,
      managerURL: `http://127.0.0.1:${port}/v1`,
      kubernetes: kubernetesOf(fake),
      clock: { ...clocks.fast, jobPoll: 1, jobStartTimeout: 3 },
      mutant,
      log: createLog((line) => lines.push(line.trimEnd())),
    });
    return { code, lines };
  } finally {
    await end(server);
  }
};
