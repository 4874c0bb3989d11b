import { expect, test } from 'vitest';
import { type Clock, clocks, readClock } from '../../emulator/clocks.ts';

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
