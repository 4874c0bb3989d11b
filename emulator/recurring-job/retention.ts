import { parseGoDuration } from '../go.ts';
import type { RecurringJob } from '../longhorn/objects.ts';
import { jobLabels, keepsByAge } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';
import type { RestBackup, RestSnapshot } from './resources.ts';

type Dated = { name: string; at: string };

/** How much a job keeps: the newest `retain`, or with an age (ms) all that are not older, whatever their number. */
export type Retention = { retain: number; age?: number };

/** Reads how much a job keeps. Before v1.13 this was always a number. */
export const retentionOf = (
  { spec: { retain, retainAge = '', retentionPolicy } }: RecurringJob,
  { mutant, version }: { mutant: Mutant | undefined; version: string },
): Retention => {
  const isByAge = retentionPolicy === 'age-based' && mutant !== 'age-ignored' && keepsByAge(version);
  return { retain, ...(isByAge && { age: parseGoDuration(retainAge) }) };
};

/** Names of the items that a job does not keep, the oldest first. An age that is not positive keeps all. */
export const expired = (items: Dated[], { retain, age }: Retention): string[] => {
  const sorted = items.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const old =
    age === undefined
      ? sorted.slice(0, Math.max(0, items.length - retain))
      : sorted.filter(({ at }) => age > 0 && Date.now() - Date.parse(at) > age);
  return old.map(({ name }) => name);
};

/** Whether a job has made a snapshot or a backup. */
const isMadeBy = (job: string, { labels }: Pick<RestBackup, 'labels'>): boolean =>
  labels?.[jobLabels.made] === job;

export const hasCreationDate = ({ created }: RestBackup): boolean => !Number.isNaN(Date.parse(created));

/**
 * Backups of a volume that a job deletes after its own backup: those it made and does not keep. A backup
 * without a date is never deleted.
 */
export const expiredBackups = (
  backups: RestBackup[],
  { job, retention, mutant }: { job: string; retention: Retention; mutant: Mutant | undefined },
) => {
  if (mutant === 'retain-ignored') return [];
  const isOwn = ({ labels }: RestBackup): boolean =>
    mutant === 'jobs-share-retention' ? labels?.[jobLabels.made] !== undefined : isMadeBy(job, { labels });
  // One that is being deleted is Deleting, or Error where its deletion has failed: Longhorn counts it (known bug).
  const candidates = backups
    .filter((backup) => mutant === 'cleans-up-manual-backups' || isOwn(backup))
    .filter(({ state }) => state === 'Completed' || mutant !== 'fixed:deleted-backup-counts-as-kept')
    .filter(hasCreationDate);
  const dated = candidates.map(({ name, created }) => ({ name, at: created }));
  const { retain } = retention;
  return expired(dated, { ...retention, retain: mutant === 'retain-off-by-one' ? retain + 1 : retain });
};

export type SnapshotRule = {
  job: string;
  task: string;
  retention: Retention;
  /** The setting auto-cleanup-recurring-job-backup-snapshot. */
  onlyLastBackups: boolean;
  /** The snapshot of this run, and before its backup also that of the last backup. */
  needed: string[];
  mutant?: Mutant | undefined;
};

/**
 * Snapshots of a volume that a job deletes. The task `snapshot-delete` deletes those of every creator, other
 * tasks only those of the job.
 */
export const expiredSnapshots = (
  all: RestSnapshot[],
  { job, task, retention, onlyLastBackups, needed, mutant }: SnapshotRule,
): string[] => {
  // Longhorn counts one that is marked as removed too (known bug).
  const isFixed = mutant === 'fixed:deleted-snapshot-counts-as-kept';
  const snapshots = all.filter(({ markRemoved }) => !isFixed || !markRemoved);
  const dated = (some: RestSnapshot[]): Dated[] =>
    some.map(({ name, crCreationTime }) => ({ name, at: crCreationTime }));
  if (task === 'snapshot-delete' && mutant !== 'own-snapshots-alone')
    return expired(dated(snapshots), retention);
  const own = snapshots.filter((snapshot) => isMadeBy(job, snapshot));
  const ofBackups = task.startsWith('backup') && onlyLastBackups;
  return ofBackups
    ? own.map(({ name }) => name).filter((name) => !needed.includes(name))
    : expired(dated(own), retention);
};

/**
 * The newest snapshot of a job, if it was requested and not taken yet. It comes from an earlier run, and this
 * run continues with it.
 */
export const unfinishedSnapshot = (snapshots: RestSnapshot[], job: string): string | undefined => {
  const [newest] = snapshots
    .filter((snapshot) => snapshot.createSnapshot && isMadeBy(job, snapshot))
    .toSorted((a, b) => Date.parse(b.crCreationTime) - Date.parse(a.crCreationTime));
  return newest && !newest.creationTime ? newest.name : undefined;
};
