import { expect, test } from 'vitest';
import { type Clock, clocks, readClock } from '../../emulator/clocks.ts';
import { createSyncGate, syncTime } from '../../emulator/controllers/sync-gate.ts';
import { readBehaviour, readEmulatedVersion } from '../../emulator/environment.ts';
import { notEmulated } from '../../emulator/manager/not-emulated.ts';
import { isEmulatedVersion, panicsOverLateFailure } from '../../emulator/modelled-on.ts';

test('it behaves as its environment says, on the real clock, without a bug and as v1.12.1 if that says nothing', () => {
  expect(readBehaviour({})).toEqual({ clock: clocks.real, mutant: undefined });
  expect(readBehaviour({ CORRAL_EMULATOR_MUTANT: '' }).mutant).toBe(undefined);
  const said = { CORRAL_EMULATOR_CLOCK: 'fast', CORRAL_EMULATOR_MUTANT: 'message-missing' };
  expect(readBehaviour(said)).toEqual({ clock: clocks.fast, mutant: 'message-missing' });
  const versionOf = (version?: string) => readEmulatedVersion({ CORRAL_EMULATOR_VERSION: version });
  expect([undefined, '', 'v1.10.2'].map(versionOf)).toEqual(['v1.12.1', 'v1.12.1', 'v1.10.2']);
  for (const [read, name, value, known] of [
    [readBehaviour, 'CLOCK', 'slow', 'real, fast, or a number from 1 to 10'],
    [readBehaviour, 'MUTANT', 'toString', 'second-not-held, '],
    [readEmulatedVersion, 'VERSION', 'v1.7.3', 'v1.8.0 to v1.12.1, and v1.13.0'],
  ] as const)
    expect(() => read({ [`CORRAL_EMULATOR_${name}`]: value })).toThrow(
      `CORRAL_EMULATOR_${name}=${value}: known are ${known}`,
    );
});

test('it stands for versions that delete asynchronously, none that nobody has looked at, and knows which panic', () => {
  const known = ['v1.8.0', 'v1.8.2', 'v1.10.2', 'v1.11.17', 'v1.12.0', 'v1.12.1', 'v1.13.0'];
  const unknown = ['v1.7.3', 'v1.12.2', 'v1.13.1', 'v2.8.0', '1.8.0', 'v1.8', 'v1.8.0-rc1', ''];
  expect([...known, ...unknown].filter(isEmulatedVersion)).toEqual(known);
  const panics = ['v1.8.0', 'v1.9.2', 'v1.10.2', 'v1.10.3', 'v1.11.0', 'v1.11.2'];
  const lives = ['v1.10.4', 'v1.11.3', 'v1.12.0', 'v1.12.1'];
  expect([...panics, ...lives].filter(panicsOverLateFailure)).toEqual(panics);
});

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
test.each([
  ['before the first', null, null, true],
  ['without a request', null, at(1), false],
  ['requested after the last', at(2), at(1), true],
  ['requested within the second of the last, once', at(1), at(1), true],
  ['requested before the last', at(1), at(2), false],
])('a sync is due %s: %s, %s', (_, requested, last, due) => {
  const gate = createSyncGate();
  expect(gate.isDue('uid', requested, last)).toBe(due);
  if (requested === null) return;
  gate.served('uid', requested);
  expect([gate.isDue('uid', requested, last), gate.isDue('other', requested, last)]).toEqual([false, due]);
});

test('a sync is not before its request, if the clock of that is a little ahead', () => {
  const now = Date.parse(at(5));
  expect(syncTime(at(6), now)).toBe(at(6));
  expect([at(4), null, '2026-01-01T00:01:00Z'].map((requested) => syncTime(requested, now))).toEqual([
    at(5),
    at(5),
    at(5),
  ]);
});

const { fast, real } = clocks;

test('a factor makes each wait of the fast clock longer, up to that of Longhorn, and what sizes the data stays', () => {
  expect(readClock('2')).toEqual({
    ...fast,
    ...{ resync: 10_000, enginePoll: 2_000 },
    ...{ deletionBackoffMin: 60_000, deletionBackoffMax: 8 * 3_600_000 },
    ...{ creationRetryExpiry: 120_000, lockWait: 2_000, lockRefresh: 12_000, lockExpiry: 30_000 },
    ...{ blockRetries: [1_000, 4_000, 8_000], replicaHelper: 1_000, jobPoll: 1_000 },
    ...{ restoreBackoffMin: 4_000, restoreBackoffMax: 720_000 },
    ...{ systemBackupPoll: 1_000, systemBackupTimeout: 720_000 },
  });
  expect(readClock('1')).toEqual(fast);
  const { monitorPoll, blockRetries, releaseAfterConfig, ...slowest } = readClock('10') as Clock;
  expect({ monitorPoll, releaseAfterConfig }).toEqual({
    monitorPoll: 500,
    releaseAfterConfig: false,
  });
  expect(real).toMatchObject(slowest);
  // A lock that its holder writes anew never expires, on any of them.
  for (const factor of ['1', '3.3', '10']) {
    const { lockRefresh, lockExpiry } = readClock(factor) as Clock;
    expect(lockExpiry).toBeGreaterThanOrEqual(2.5 * lockRefresh);
  }
});

test.each(['real', 'fast'] as const)('%s is a clock by its name', (name) => {
  expect(readClock(name)).toBe(clocks[name]);
});

test.each(['', '0', '0.9', '10.1', '-2', '2x', '1e1', 'NaN', 'toString'])('%j is none', (choice) => {
  expect(readClock(choice)).toBeUndefined();
});

const wrong = (kind: string, spec: object) =>
  notEmulated({ apiVersion: 'longhorn.io/v1beta2', kind, metadata: { name: 'x' }, spec });

test.each<[string, string, unknown]>([
  ['Volume', 'size', '1000'],
  ['Volume', 'fromBackup', 'nfs://x'],
  ['Backup', 'backupBlockSize', '4194304'],
  ['BackupTarget', 'backupTargetURL', 'azblob://c@host/path'],
  ['BackupTarget', 'backupTargetURL', 'cifs://h/p?cifsOptions=hard'],
])('%s with the %s %j is not, and is named', (kind, field, value) => {
  const text = `not emulated: ${kind} spec.${field}: ${JSON.stringify(value)}`;
  expect(wrong(kind, { [field]: value })).toEqual([text]);
});
