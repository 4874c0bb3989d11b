import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import type { Client } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import { runRecurringJob } from '../../../emulator/recurring-job/run.ts';
import { backup, backupVolume, startTestApi, volume } from '../support/test-api.ts';

type Labels = Record<string, string>;
type World = {
  job?: string;
  spec?: object;
  runs?: number;
  /** Volumes by their labels; the first has the backup `last` of the snapshot `of-last`. */
  volumes?: Record<string, Labels>;
  /** The first volume is known in the store. */
  known?: boolean;
  /** Older snapshots of the job than that of the last backup. */
  older?: string[];
  refused?: Record<string, string>;
};

const uuid = '00000000-0000-0000-0000-000000000000';
const ofJob = (job: string): Labels => ({ [`recurring-job.longhorn.io/${job}`]: 'enabled' });
const denied = (policy: string, object: string) =>
  `${object} is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: deletion denied for testing`;

/** A manager's API beside a Longhorn that does at once what is asked of it; `run` is one run of the job. */
const setUp = async ({
  job = 'rj',
  spec,
  runs = 0,
  volumes = { v: ofJob(job) },
  known = true,
  older = [],
  refused = {},
}: World = {}) => {
  const api = await startTestApi();
  onTestFinished(api.stop);
  const { datastore, put } = api;
  const [first = ''] = Object.keys(volumes);
  const labels = { RecurringJob: job };
  for (const [what, words] of Object.entries(refused)) api.refused.set(what, words);
  put('recurringJobs', {
    metadata: { name: job },
    spec: { task: 'backup', retain: 1, concurrency: 1, groups: [], labels: {}, parameters: {}, ...spec },
    status: { executionCount: runs },
  });
  put('settings', { metadata: { name: 'allow-recurring-job-while-volume-detached' }, value: 'false' });
  put('settings', { metadata: { name: 'auto-cleanup-recurring-job-backup-snapshot' }, value: 'true' });
  for (const [name, of] of Object.entries(volumes)) {
    const plain = volume(name);
    const status = { ...plain.status, lastBackup: known ? 'last' : '' };
    put('volumes', { ...plain, metadata: { ...plain.metadata, labels: of }, status });
  }
  let minute = 0;
  const time = () => new Date(Date.UTC(2026, 0, 1, 0, minute++)).toISOString();
  const taken = () => ({ readyToUse: true, creationTime: time(), labels });
  const snapshots = [...older, ...(known ? ['of-last'] : [])];
  for (const name of snapshots) {
    const metadata = { name, creationTimestamp: time() };
    put('snapshots', { metadata, spec: { volume: first, createSnapshot: true }, status: taken() });
  }
  const complete = (snapshotName: string) => ({ snapshotName, backupCreatedAt: time(), labels });
  if (known) {
    put('backupVolumes', backupVolume('bv', { of: first }));
    const { spec: wish, ...last } = backup('last', { of: first, state: 'Completed', ...complete('of-last') });
    put('backups', { ...last, spec: { ...wish, snapshotName: 'of-last' } });
  }
  datastore.snapshots.onEvent((name) => {
    const made = datastore.snapshots.get(name);
    if (made && !made.status) put('snapshots', { ...made, status: taken() });
  });
  datastore.backups.onEvent((name) => {
    const made = datastore.backups.get(name);
    if (!made || made.status) return;
    const { snapshotName = '' } = made.spec;
    put('backups', { ...made, status: { state: 'Completed', error: '', ...complete(snapshotName) } });
  });
  const events: string[] = [];
  const kubernetes = {
    request: async (method: string, path: string, body: { reason: string; message: string }) => {
      const [, plural, name = ''] = /longhorn-system\/([a-z]+)\/?([^/?]*)/.exec(path) ?? [];
      if (plural === 'events') return void events.push(`${body.reason}: ${body.message}`);
      const of = plural === 'recurringjobs' ? datastore.recurringJobs : datastore[plural as 'volumes'];
      if (method === 'PUT') return of.updateStatus(body as never);
      if (name) return of.fetch(name);
      const [key = '', value] =
        new URLSearchParams(path.split('?')[1]).get('labelSelector')?.split('=') ?? [];
      return { items: datastore.volumes.list().filter(({ metadata }) => metadata.labels?.[key] === value) };
    },
  } as unknown as Client;
  return {
    ...api,
    events,
    run: async () => {
      const lines: string[] = [];
      const code = await runRecurringJob({
        name: job,
        managerURL: `http://${api.host}/v1`,
        kubernetes,
        clock: { ...clocks.fast, jobPoll: 1, jobStartTimeout: 3 },
        mutant: undefined,
        log: createLog((line) => lines.push(line.trimEnd())),
      });
      expect(code).toBe(0);
      return lines;
    },
  };
};

describe('the log of a run reads as recorded', () => {
  const recorded = (file: string, pod: string): string[] => {
    const path = `../../../fixtures/recordings/longhorn-v1.12.1/${file}.log`;
    const text = readFileSync(new URL(path, import.meta.url), 'utf8');
    return text.split(`# pod ${pod}\n`)[1]?.split('\n# pod ')[0]?.trim().split('\n') ?? [];
  };
  // The time, random names and addresses.
  const normalised = (line: string): string =>
    line
      .replace(/^time="[^"]*Z"/, 'time=TIME')
      .replaceAll(/-[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '-UUID')
      .replaceAll(/\bbackup-[0-9a-f]{16}|\blast\b(?! backup)/g, 'BACKUP')
      .replaceAll(/http:\/\/[^/]+\/v1/g, 'http://ADDRESS/v1')
      .replaceAll(/\b(backupvolumes|volumes)\/[\w-]+\?/g, '$1/NAME?')
      .replaceAll(/of volume '[\w-]+'/g, "of volume 'NAME'")
      .replaceAll('of-BACKUP', 'rj-e2e-c-UUID');

  test.each<[string, World, string, string, RegExp | undefined]>([
    [
      'of a new volume, which warns, for Longhorn knows of no BackupVolume yet',
      { job: 'rj-e2e', volumes: { 'vz-r': ofJob('rj-e2e') }, known: false },
      'recurring-job',
      'rj-e2e-29919386-j9tg9',
      undefined,
    ],
    [
      'that cleans up',
      { job: 'rj-e2e', volumes: { 'vz-r': ofJob('rj-e2e') }, runs: 1 },
      'recurring-job',
      'rj-e2e-29919388-hmhhq',
      undefined,
    ],
    [
      'whose backups may not be deleted',
      {
        job: 'rj-b',
        volumes: { rb: ofJob('rj-b') },
        runs: 1,
        refused: { 'delete backups last': denied('deny-rb', 'backups.longhorn.io "last"') },
      },
      'recurring-job-faulty-cleanup',
      'rj-b-29919396-j8sxb',
      // It was read by its tail, which cut its first lines.
      /Running recurring backup/,
    ],
    [
      'that may not delete its old snapshots: it ends before it makes anything, and the job ends well',
      {
        job: 'rj-c',
        volumes: { rc: ofJob('rj-c') },
        runs: 2,
        older: [`rj-c-c-${uuid}`],
        refused: {
          [`delete snapshots rj-c-c-${uuid}`]: denied('deny-rc', `snapshots.longhorn.io "rj-c-c-${uuid}"`),
        },
      },
      'recurring-job-faulty-cleanup',
      'rj-c-29919398-4xghp',
      undefined,
    ],
  ])('%s', async (_, world, file, pod, from) => {
    const { run, writes, events } = await setUp(world);
    const lines = await run();
    const tail = (all: string[]) => all.slice(from ? all.findIndex((line) => from.test(line)) : 0);
    expect(tail(lines).map(normalised)).toEqual(tail(recorded(file, pod)).map(normalised));
    const failed = writes.every((write) => !write.startsWith('create'));
    const text = /^FailedDeleting: failed to clean up old snapshots of volume rc: Bad response/;
    expect(events).toEqual(failed ? [expect.stringMatching(text)] : []);
  });
});

test('asks over one connection, and so one manager, where it does one thing after the other', async () => {
  const { run, ip } = await setUp({ refused: { 'delete backups last': 'denied' } });
  let count = 0;
  const connected = (message: unknown): void => {
    count += Number((message as { socket: Socket }).socket.localAddress === ip);
  };
  subscribe('net.server.socket', connected);
  await run();
  unsubscribe('net.server.socket', connected);
  expect(count).toBe(1);
});

test('a job is for the volumes with its label and those of its groups, each once, one after the other', async () => {
  const group = { 'recurring-job-group.longhorn.io/default': 'enabled' };
  const volumes = {
    grouped: group,
    both: { ...ofJob('rj'), ...group },
    other: ofJob('another'),
    off: { 'recurring-job.longhorn.io/rj': 'disabled' },
  };
  const { run } = await setUp({ volumes, spec: { groups: ['default'] }, known: false });
  expect((await run()).join('\n').match(/Starting volume job.*volumeName=\S+/g)).toEqual([
    expect.stringMatching(/volumeName=both$/),
    expect.stringMatching(/volumeName=grouped$/),
  ]);
});
