import { describe, expect, test } from 'vitest';
import {
  type FakeBackup,
  type FakeLonghorn,
  type FakeSnapshot,
  fakeLonghorn,
  runOn,
} from '../support/fake-longhorn.ts';

const ofJob = 'recurring-job.longhorn.io/rj-e2e';
const made = { RecurringJob: 'rj-e2e' };
const snapshot = (name: string, minute: number): FakeSnapshot => ({
  name,
  crCreationTime: `2025-01-01T00:0${minute}:00Z`,
  labels: made,
});
const backup = (name: string, minute: number, of: string): FakeBackup => ({
  name,
  created: `2025-01-01T00:0${minute}:00Z`,
  snapshotName: of,
  labels: made,
  state: 'Completed',
});
const attached = (labels: Record<string, string>) => ({ state: 'attached', labels });
const known = (more: Partial<FakeLonghorn> = {}): FakeLonghorn =>
  fakeLonghorn({
    volumes: { 'vz-r': { ...attached({ [ofJob]: 'enabled' }), lastBackup: 'last' } },
    snapshots: [snapshot('forgotten', 0), snapshot('of-last', 1)],
    backups: [backup('last', 1, 'of-last')],
    ...more,
  });

const messages = (lines: string[]): string[] =>
  lines.map((line) => JSON.parse(/msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1] ?? '""'));
const levels = (lines: string[], level: string): string[] =>
  messages(lines.filter((line) => line.includes(` level=${level} `)));
const volumesOf = (lines: string[]): (string | undefined)[] =>
  lines
    .filter((line) => line.includes('Starting volume job'))
    .map((line) => /volumeName=(\S+)/.exec(line)?.[1]);

test('one run removes old snapshots, then snapshots, backs up, and cleans up backups and snapshots', async () => {
  const fake = known();
  const { code } = await runOn(fake);
  expect(code).toBe(0);
  const own = fake.snapshots[0]?.name;
  expect(fake.asked).toEqual([
    'snapshotCRDelete forgotten',
    `snapshotCRCreate ${own}`,
    `snapshotBackup ${own}`,
    'backupDelete last',
    'snapshotCRDelete of-last',
  ]);
  expect(fake.executionCount).toBe(1);
});

test('asks over one connection, and so one manager, where it does one thing after the other', async () => {
  const fake = known({ refuse: (request) => (request === 'backupDelete last' ? 'denied' : undefined) });
  await runOn(fake);
  expect(fake.connections).toBe(1);
});

describe('a job is for the volumes', () => {
  test('with its label and those of its groups, each once, one after the other', async () => {
    const fake = fakeLonghorn({
      volumes: {
        grouped: attached({ 'recurring-job-group.longhorn.io/default': 'enabled' }),
        both: attached({ [ofJob]: 'enabled', 'recurring-job-group.longhorn.io/default': 'enabled' }),
        other: attached({ 'recurring-job.longhorn.io/another': 'enabled' }),
        off: attached({ [ofJob]: 'disabled' }),
      },
      spec: { ...fakeLonghorn().spec, groups: ['default'] },
    });
    const { lines } = await runOn(fake);
    expect(volumesOf(lines)).toEqual(['both', 'grouped']);
    expect(messages(lines)).toContain('Found 2 volumes with recurring job rj-e2e');
  });

  test('that are attached; of another it warns, unless the setting lets it', async () => {
    const of = (allowed: string) =>
      fakeLonghorn({
        volumes: { away: { state: 'detached', labels: { [ofJob]: 'enabled' } } },
        settings: { ...fakeLonghorn().settings, 'allow-recurring-job-while-volume-detached': allowed },
      });
    const refused = await runOn(of('false'));
    expect(levels(refused.lines, 'warning')).toEqual(['Cannot create job for away volume in state detached']);
    expect(volumesOf(refused.lines)).toEqual([]);
    expect(volumesOf((await runOn(of('true'))).lines)).toEqual(['away']);
  });
});

describe('a backup that fails', () => {
  test('is an error in the log of a job that ends well, and nothing is cleaned up', async () => {
    const fake = known({ outcome: 'Error', snapshots: [snapshot('of-last', 1)] });
    const { code, lines } = await runOn(fake);
    expect(code).toBe(0);
    expect(levels(lines, 'error')).toEqual(['Failed to run volume job']);
    expect(lines.at(-1)).toContain(
      'error="failed to complete backupAndCleanup for vz-r: failed to create backup backup-new: "',
    );
    expect(fake.asked.filter((request) => request.includes('Delete'))).toEqual([]);
  });

  test('is waited for until it starts, and given up by its time-out', async () => {
    const { lines } = await runOn(known({ outcome: 'Pending' }));
    expect(lines.find((line) => line.includes(' level=error '))).toMatch(
      /timeout waiting for the backup of the snapshot \S+ of volume vz-r to start/,
    );
  });

  test("does not take the next volume's turn", async () => {
    const fake = known({
      outcome: 'Error',
      volumes: { a: attached({ [ofJob]: 'enabled' }), b: attached({ [ofJob]: 'enabled' }) },
    });
    expect(volumesOf((await runOn(fake)).lines)).toEqual(['a', 'b']);
  });
});

describe('an old snapshot that cannot be removed', () => {
  const refuse = (request: string) => (request === 'snapshotCRDelete forgotten' ? 'denied' : undefined);

  test('is only a warning for backup-force-create', async () => {
    const fake = known({ refuse, spec: { ...fakeLonghorn().spec, task: 'backup-force-create' } });
    const { lines } = await runOn(fake);
    expect(levels(lines, 'warning')).toEqual(['Created backup successfully but errored on cleanup for vz-r']);
    expect(fake.backups.map(({ name }) => name)).toEqual(['backup-new']);
  });

  test('is an error for a job of snapshots, after it has made its own', async () => {
    const fake = known({ refuse, spec: { ...fakeLonghorn().spec, task: 'snapshot-force-create' } });
    const { code, lines } = await runOn(fake);
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain('error="failed recurring snapshot: Bad response statusCode [500]');
    expect(fake.snapshots).toHaveLength(3);
  });
});

describe('with the bug', () => {
  const refuse = (request: string) => (request === 'backupDelete last' ? 'denied' : undefined);

  test('cleanup-error-fails-job the warning costs the job its success', async () => {
    expect(await runOn(known({ refuse }))).toMatchObject({ code: 0 });
    const { code, lines } = await runOn(known({ refuse }), 'cleanup-error-fails-job');
    expect(code).toBe(1);
    expect(levels(lines, 'fatal')).toEqual(['Failed to do a recurring job']);
  });

  test('job-hides-everything there is no backup, and not a word of it', async () => {
    const fake = known();
    const { code, lines } = await runOn(fake, 'job-hides-everything');
    expect(code).toBe(0);
    expect(fake.backups.map(({ name }) => name)).toEqual(['last']);
    expect([...levels(lines, 'warning'), ...levels(lines, 'error')]).toEqual([]);
  });

  test('snapshots-pile-up none is removed', async () => {
    const fake = known();
    await runOn(fake, 'snapshots-pile-up');
    expect(fake.snapshots).toHaveLength(3);
  });
});
