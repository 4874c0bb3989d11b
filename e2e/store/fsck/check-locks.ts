import { parseLock } from '../format/config.ts';
import type { StoreEntry, StoreSource } from '../format/source.ts';
import type { Findings } from './findings.ts';
import { readConfig, sizeLimits } from './read-config.ts';

/**
 * How many seconds a lock counts after its file was last written (backupstore, lock.go). Its holder writes it every
 * 60 s.
 */
const lifeOfLock = 150;

/** The operation of each lock type (backupstore, lock.go). */
export const lockTypeLabels: Readonly<Record<number, string>> = { 1: 'a backup or restore', 2: 'a deletion' };

/** What works on a volume, according to its locks. */
export type LockActivity = {
  /** An operation works on the volume or did so just now. It may still complete what is unfinished. */
  any: boolean;
  /** The operation is a backup or restore. */
  upload: boolean;
};

/**
 * Reads the locks of a volume. Reports who holds each lock and whether it still counts. `now` is in ms since the epoch.
 */
export const checkLocks = async (
  source: StoreSource,
  locks: Map<string, StoreEntry>,
  { now, findings }: { now: number; findings: Findings },
): Promise<LockActivity> => {
  const work: LockActivity = { any: false, upload: false };
  for (const [name, entry] of locks) {
    const age = Math.round((now - entry.changedAt) / 1000);
    const { config: lock, problem } = await readConfig(source, entry, {
      parse: parseLock,
      limit: sizeLimits.lock,
      what: `lock ${name}`,
    });
    if (problem) {
      // A lock may be removed while it is read. That is not a problem.
      if (problem.code !== 'changed-meanwhile')
        findings.add('lock-unreadable', entry.path, `${problem.message}, so Longhorn passes it over`);
      continue;
    }
    if (lock.Name !== name)
      findings.add('lock-wrong-name', entry.path, `lock ${name} calls itself ${lock.Name}`);
    if (lockTypeLabels[lock.Type] === undefined)
      findings.add(
        'lock-unknown-type',
        entry.path,
        `lock ${name} has the unknown type ${lock.Type}: while it lives, nothing else is done with the volume`,
      );
    const who = `lock ${name} of ${lockTypeLabels[lock.Type] ?? 'an unknown type'}${lock.Acquired ? '' : ', not acquired,'}`;
    if (age > lifeOfLock) {
      findings.add(
        'lock-expired',
        entry.path,
        `${who} has expired: it was last written ${age} s ago, and counts for ${lifeOfLock} s`,
      );
      continue;
    }
    work.any = true;
    if (lock.Type === 1) work.upload = true;
    // Up to 5 s are allowed for a difference between two clocks.
    if (age < -5)
      findings.add(
        'lock-from-the-future',
        entry.path,
        `${who} is dated ${-age} s ahead, and counts until ${lifeOfLock} s after that`,
      );
    else
      findings.add('lock-live', entry.path, `${who} is live: it was last written ${Math.max(age, 0)} s ago`);
  }
  return work;
};
