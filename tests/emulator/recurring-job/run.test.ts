import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import type { Client } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import { referenceVersion } from '../../../emulator/modelled-on.ts';
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
  const { datastore, put } = api;
  const [first = ''] = Object.keys(volumes);
  const labels = { RecurringJob: job };
  for (const [what, words] of Object.entries(refused)) api.refused.set(what, words);
  put('recurringJobs', {
    metadata: { name: job },
    spec: { task: 'backup', retain: 1, concurrency: 1, groups: [], labels: {}, parameters: {}, ...spec },
    status: { executionCount: runs },
  });
  put('backupTargets', { metadata: { name: 'default' } });
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
  for (const name of [...older, ...(known ? ['of-last'] : [])]) {
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
        version: referenceVersion,
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

  const of = (job: string, volume: string, more: World): World => ({
    ...{ job, volumes: { [volume]: ofJob(job) }, ...more },
  });
  const older = `rj-c-c-${uuid}`;
  const noBackups = { 'delete backups last': denied('deny-rb', 'backups.longhorn.io "last"') };
  const noSnapshots = {
    [`delete snapshots ${older}`]: denied('deny-rc', `snapshots.longhorn.io "${older}"`),
  };

  test.each<[what: string, pod: string, World]>([
    [
      'of a new volume, which warns, for Longhorn knows of no BackupVolume yet',
      'rj-e2e-29919386-j9tg9',
      of('rj-e2e', 'vz-r', { known: false }),
    ],
    ['that cleans up', 'rj-e2e-29919388-hmhhq', of('rj-e2e', 'vz-r', { runs: 1 })],
    [
      'whose backups may not be deleted',
      'rj-b-29919396-j8sxb',
      of('rj-b', 'rb', { runs: 1, refused: noBackups }),
    ],
    [
      'that may not delete its old snapshots: it ends before it makes anything, and the job ends well',
      'rj-c-29919398-4xghp',
      of('rj-c', 'rc', { runs: 2, older: [older], refused: noSnapshots }),
    ],
  ])('%s', async (_, pod, world) => {
    const { run, writes, events } = await setUp(world);
    const lines = await run();
    const file = world.job === 'rj-e2e' ? 'recurring-job' : 'recurring-job-faulty-cleanup';
    // That of rj-b was read by its tail, which cut its first lines.
    const isFirst = (line: string) => world.job !== 'rj-b' || line.includes('Running recurring backup');
    const tail = (all: string[]) => all.slice(all.findIndex(isFirst)).map(normalised);
    expect(tail(lines)).toEqual(tail(recorded(file, pod)));
    const failed = writes.every((write) => !write.startsWith('create'));
    const text = /^FailedDeleting: failed to clean up old snapshots of volume rc: Bad response/;
    expect(events).toEqual(failed ? [expect.stringMatching(text)] : []);
  });
});

test('asks over one connection, and so one manager, where it does one thing after the other', async () => {
  const { run, ip } = await setUp({ refused: { 'delete backups last': 'denied' } });
  const addresses: unknown[] = [];
  const connected = (message: unknown) => addresses.push((message as { socket: Socket }).socket.localAddress);
  subscribe('net.server.socket', connected);
  await run();
  unsubscribe('net.server.socket', connected);
  expect(addresses.filter((address) => address === ip)).toHaveLength(1);
});
