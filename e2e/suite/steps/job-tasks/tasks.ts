import { type CronJob, isJobOrGroupLabel, madeByLabel } from '../../../longhorn/job-types.ts';
import { knownIdsOf } from '../../../longhorn/messages/classify.ts';
import { readLogLine } from '../../../longhorn/messages/log-line.ts';
import type { Snapshot, Volume } from '../../../longhorn/types.ts';
import type { MadeByRun } from '../job/runs.ts';

/** Returns what is wrong with what a run of a job with the task snapshot made, one line for each problem. */
export const wrongInSnapshots = (
  { run, snapshots, backups }: MadeByRun,
  { job, labels }: { job: string; labels: Record<string, string> },
): string[] => {
  const wanted = { ...labels, [madeByLabel]: job };
  return [
    ...(snapshots.length === 1 ? [] : [`${run.label} took ${snapshots.length} snapshots, not 1`]),
    ...(backups.length === 0 ? [] : [`${run.label} made ${backups.length} backups, and is to make none`]),
    ...snapshots.flatMap(({ metadata: { name }, status }) =>
      Object.entries(wanted)
        .filter(([key, value]) => status?.labels?.[key] !== value)
        .map(
          ([key, value]) =>
            `snapshot ${name} has ${key}: ${status?.labels?.[key] ?? 'no such label'}, not ${value}`,
        ),
    ),
  ];
};

/** Whether a snapshot is ready and not being deleted. */
export const isReadyAndKept = (snapshot: Snapshot | undefined): boolean =>
  snapshot?.status?.readyToUse === true && snapshot.metadata.deletionTimestamp === undefined;

/** Returns the labels with which a volume takes part in recurring jobs, sorted. */
export const jobLabelsOf = ({ metadata }: Volume): string[] =>
  Object.entries(metadata.labels ?? {})
    .filter(([label, value]) => isJobOrGroupLabel(label) && value === 'enabled')
    .map(([label]) => label)
    .sort();

/** Returns the number of finished Jobs that Kubernetes keeps for a CronJob. */
export const jobHistoryLimitOf = ({ spec }: CronJob): number | undefined => spec.successfulJobsHistoryLimit;

/** Whether a log of a longhorn-manager says that a job's labels could not be removed from all volumes. */
export const failsToRemoveLabels = (
  log: string,
  { job, version }: { job: string; version: string },
): boolean =>
  log
    .split('\n')
    .filter((line) => line.includes(job))
    .flatMap((line) => readLogLine('manager', line)?.message ?? [])
    .some((message) => knownIdsOf([message], version).includes('job-labels-left'));
