import { entriesOf } from '../../../history/history.ts';
import { parseDuration } from '../../../kube/duration.ts';
import { shorten } from '../../../kube/text.ts';
import { awaitCluster } from '../../../kube/time-account.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { type Classification, classify, nameWithClass } from '../../../longhorn/messages/classify.ts';
import { readLogLine } from '../../../longhorn/messages/log-line.ts';
import type { Message } from '../../../longhorn/messages/row.ts';
import type { Timeout } from '../timeouts.ts';
import { jobOf } from './expectations.ts';
import type { JobHandle, JobRun } from './job.ts';

/** How the cleanup of a run goes, according to its log. */
export type JobCleanup =
  /** The run requests the deletion of each old backup. It does not wait for the result. */
  | 'done'
  /** As `done`, or Longhorn did not yet know the volume in the store, as in a volume's first run. */
  | 'done, or too early'
  /** The API server refuses to delete an old backup or an old snapshot, after the new backup was made. */
  | 'backups refused'
  | 'snapshots refused'
  /** The API server refuses to delete an old snapshot, before anything is made. */
  | 'nothing made'
  /** The run skips the volume, because it is detached. */
  | 'left out'
  /** The run does nothing: the job is to keep things for no time. */
  | 'no age';

// The messages in a log besides normal progress. If `needed`, at least one of `ids` must be there. `alsoAllowed` repeat
// such a message in other words.
const outcomes: Record<
  JobCleanup,
  { ids: readonly MessageId[]; needed: boolean; alsoAllowed?: readonly MessageId[] }
> = {
  done: { ids: [], needed: false },
  'done, or too early': { ids: ['job-cleanup-before-known'], needed: false },
  'backups refused': { ids: ['job-backup-cleanup-refused'], needed: true },
  'snapshots refused': {
    ids: ['job-snapshot-cleanup-refused'],
    needed: true,
    alsoAllowed: ['job-says-event'],
  },
  'left out': { ids: ['job-skips-volume'], needed: true },
  'no age': { ids: ['job-without-age'], needed: true },
  'nothing made': {
    ids: ['job-stopped', 'job-fails', 'job-tries-next-time'],
    needed: true,
    alsoAllowed: ['job-says-event'],
  },
};

// Allowed in every run: a late start does not concern the cleanup.
const anyRun: readonly MessageId[] = ['job-retries-start'];

/** Returns the log of a run after its container has ended. The logs of several pods are joined. */
export const readLogOf = async (
  { logs, watched }: Pick<JobHandle, 'logs' | 'watched'>,
  { run, version, limit }: { run: JobRun; version: string; limit: Timeout },
): Promise<JobLine[]> => {
  const isOfRun = ([pod]: [string, Promise<string>]): boolean =>
    entriesOf(watched.pods, pod).some(({ object }) => jobOf(object) === run.job);
  const own = [...logs].filter(isOfRun);
  if (own.length === 0)
    throw new Error(`no pod of ${run.label} (${run.job}) was seen running: there is no log`);
  const texts = await Promise.all(
    own.map(([pod, log]) => endOf(log, { what: `the log of pod ${pod}`, limit })),
  );
  return texts.flatMap((text) => readJobLog(text, version));
};

const endOf = async (
  log: Promise<string>,
  { what, limit: { within, owner } }: { what: string; limit: Timeout },
): Promise<string> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`${what} did not end within ${within} (${owner})`)),
    parseDuration(within),
  );
  return awaitCluster(() => Promise.race([log, late])).finally(() => clearTimeout(timer));
};

/** A line of a job's log and its class in the catalogue. */
type JobLine = { message: Message; classification: Classification };

/** Parses the log of a run's pod. A line in an unknown format counts as an error message. */
export const readJobLog = (log: string, version: string): JobLine[] =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const message = readLogLine('job', line)?.message ?? {
        speaker: 'job',
        field: 'log error',
        state: '',
        text: line,
      };
      return { message, classification: classify(message, version) };
    });

/** Whether a run gave up on a volume because it did not find its backup (known bug backup-looked-at-anew). */
export const missedBackupEnd = (lines: readonly JobLine[]): boolean =>
  lines.some(({ classification: found }) => found.class !== 'unclassified' && found.id === 'job-loses-sight');

/** Returns the backups whose deletion a run requested, according to its log. */
export const cleanedUp = (lines: readonly JobLine[]): string[] =>
  lines.flatMap(({ message }) => /^Cleaned up backup (\S+) for /.exec(message.text)?.slice(1) ?? []);

/**
 * Returns what is wrong with the log of a run, one line for each problem. `old`: backups that it may delete. `due`:
 * backups that it must delete.
 */
export const problemsOfLog = (
  lines: readonly JobLine[],
  { cleanup, old, due }: { cleanup: JobCleanup; old: readonly string[]; due: readonly string[] },
): string[] => {
  const { ids, needed, alsoAllowed = [] } = outcomes[cleanup];
  const isBeside = ({ classification: found }: JobLine): boolean =>
    found.class === 'informational' ||
    (found.class !== 'unclassified' && [...anyRun, ...alsoAllowed].includes(found.id));
  const notable = lines.filter((line) => !isBeside(line));
  const isExpected = ({ classification }: JobLine): boolean =>
    classification.class !== 'unclassified' && ids.includes(classification.id);
  const cleaned = cleanedUp(lines);
  return [
    ...notable
      .filter((line) => !isExpected(line))
      .map(
        (line) =>
          `${nameWithClass(line.classification)} was not expected: "${shorten(line.message.text, 500)}"`,
      ),
    ...(needed && !notable.some(isExpected)
      ? [`nothing says ${ids.join(' or ')}; it said: ${describeLines(lines)}`]
      : []),
    ...(cleanup === 'done'
      ? due
          .filter((name) => !cleaned.includes(name))
          .map((name) => `nothing says that backup ${name} was cleaned up`)
      : []),
    ...cleaned
      .filter((name) => !old.includes(name))
      .map((name) => `backup ${name} was cleaned up, and is not an old one`),
  ];
};

/** Returns the line about the result of the cleanup, shortened. Undefined if the log only reports success. */
export const jobCleanupLine = (lines: readonly JobLine[]): string | undefined => {
  const line = lines.find(({ classification }) => classification.class !== 'informational');
  return line && shorten(line.message.text, 300);
};

const describeLines = (lines: readonly JobLine[]): string =>
  lines.map(({ message }) => `"${shorten(message.text, 100)}"`).join(', ') || 'nothing';
