import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type FakeLonghorn, fakeLonghorn, runOn } from '../support/fake-longhorn.ts';

const recorded = (name: string): Record<string, string[]> => {
  const text = readFileSync(
    new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.log`, import.meta.url),
    'utf8',
  );
  const pods = text.split(/^# pod /m).slice(1);
  return Object.fromEntries(pods.map((pod) => [pod.split('\n')[0] ?? '', pod.trim().split('\n').slice(1)]));
};

/**
 * A line without what differs from run to run: the time, random names, addresses, the order of an error's
 * fields.
 */
const normalised = (line: string): string =>
  line
    .replace(/^time="[^"]*Z"/, 'time=TIME')
    .replaceAll(/-[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '-UUID')
    .replaceAll(/\bbackup-(new|old|[0-9a-f]{16})/g, 'BACKUP')
    .replaceAll(/http:\/\/[^/]+\/v1/g, 'http://ADDRESS/v1')
    .replaceAll(/\b(backupvolumes|volumes)\/[\w-]+\?/g, '$1/NAME?')
    .replaceAll(/of volume '[\w-]+'/g, "of volume 'NAME'");

const compare = async (fake: FakeLonghorn, lines: string[] | undefined) => {
  const { code, lines: got } = await runOn(fake);
  expect(code).toBe(0);
  expect(got.map(normalised)).toEqual(lines?.map(normalised));
};

const labels = { RecurringJob: 'rj-e2e' };
const uuid = '00000000-0000-0000-0000-000000000000';
const of = (job: string, volume: string): Partial<FakeLonghorn> => ({
  name: job,
  volumes: {
    [volume]: {
      state: 'attached',
      labels: { [`recurring-job.longhorn.io/${job}`]: 'enabled' },
      lastBackup: 'backup-old',
    },
  },
  snapshots: [
    { name: `${job}-c-${uuid}`, crCreationTime: '2025-01-01T00:00:00Z', labels: { RecurringJob: job } },
  ],
  backups: [
    {
      name: 'backup-old',
      created: '2025-01-01T00:00:00Z',
      snapshotName: `${job}-c-${uuid}`,
      labels: { RecurringJob: job },
      state: 'Completed',
    },
  ],
});

test('the first run of a volume reads as recorded: it warns, for Longhorn knows of no BackupVolume yet', async () => {
  await compare(
    fakeLonghorn({ backupVolumeKnown: false }),
    recorded('recurring-job')['rj-e2e-29919386-j9tg9'],
  );
});

test('a run that cleans up reads as recorded', async () => {
  const fake = fakeLonghorn({ ...of('rj-e2e', 'vz-r'), executionCount: 1 });
  await compare(fake, recorded('recurring-job')['rj-e2e-29919388-hmhhq']);
  expect(fake.backups.map(({ name }) => name)).toEqual(['backup-new']);
  expect(fake.snapshots).toHaveLength(1);
  expect(fake.backups[0]?.labels).toEqual(labels);
});

const denied = (policy: string, object: string) =>
  `${object} is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: deletion denied for testing`;

test('a run whose backups may not be deleted reads as recorded', async () => {
  const lines = recorded('recurring-job-faulty-cleanup')['rj-b-29919396-j8sxb'];
  const fake = fakeLonghorn({
    ...of('rj-b', 'rb'),
    executionCount: 1,
    refuse: (request) =>
      request.startsWith('backupDelete')
        ? `failed to delete backup 'backup-old' of volume 'rb-1': ${denied('deny-rb', 'backups.longhorn.io "backup-old"')}`
        : undefined,
  });
  // The recorded log was read by its tail, which cut its first lines.
  const from = lines?.findIndex((line) => line.includes('Running recurring backup')) ?? 0;
  const { code, lines: got } = await runOn(fake);
  expect(code).toBe(0);
  expect(
    got.slice(got.findIndex((line) => line.includes('Running recurring backup'))).map(normalised),
  ).toEqual(lines?.slice(from).map(normalised));
});

test('a run that may not delete its old snapshots ends before it makes anything, and the job ends well, as recorded', async () => {
  const lines = recorded('recurring-job-faulty-cleanup')['rj-c-29919398-4xghp'];
  const old = {
    ...of('rj-c', 'rc'),
    volumes: { rc: { state: 'attached', labels: { 'recurring-job.longhorn.io/rj-c': 'enabled' } } },
  };
  const fake = fakeLonghorn({
    ...old,
    executionCount: 2,
    refuse: (request) =>
      request.startsWith('snapshotCRDelete')
        ? `failed to delete snapshot CR: ${denied('deny-rc', `snapshots.longhorn.io "rj-c-c-${uuid}"`)}`
        : undefined,
  });
  const { code, lines: got } = await runOn(fake);
  expect(code).toBe(0);
  expect(normalised(got.at(-1) ?? '')).toBe(normalised(lines?.at(-1) ?? ''));
  expect(fake.backups).toHaveLength(1);
  expect(fake.events).toEqual([
    expect.stringMatching(/^FailedDeleting: failed to clean up old snapshots of volume rc: Bad response/),
  ]);
});
