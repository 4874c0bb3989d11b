import { readFile } from 'node:fs/promises';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import type { Event, Job } from '../../../../e2e/longhorn/job-types.ts';
import type { Backup, Snapshot, Volume } from '../../../../e2e/longhorn/types.ts';
import type { JobRun } from '../../../../e2e/suite/steps/job/job.ts';
import { type Mutation, replay } from '../recordings.ts';

const folder = new URL('../../../../fixtures/recordings/longhorn-v1.12.1/', import.meta.url);

/**
 * The recorded jobs: nothing wrong; old configs immutable; deletion of backups denied; deletion of snapshots
 * denied.
 */
export const recordedJobs = {
  'nothing wrong': { file: 'recurring-job', job: 'rj-e2e', volume: 'vz-r', runs: 2 },
  immutable: { file: 'recurring-job-faulty-cleanup', job: 'rj-a', volume: 'ra', runs: 6 },
  'backups denied': { file: 'recurring-job-faulty-cleanup', job: 'rj-b', volume: 'rb', runs: 6 },
  'snapshots denied': { file: 'recurring-job-faulty-cleanup', job: 'rj-c', volume: 'rc', runs: 6 },
} as const;

export type RecordedJob = keyof typeof recordedJobs;

/**
 * A recorded job, changed or not, as what the expectations are made of; each of its runs is one that
 * Kubernetes started by its cron.
 */
export const stageJob = async (name: RecordedJob, mutate?: Mutation) => {
  const { file, job, volume } = recordedJobs[name];
  const replayed = await replay(`longhorn-v1.12.1/${file}`, mutate);
  const jobs = replayed.timeline<Job>('jobs');
  const all = replayed.timeline<Pod>('pods');
  const isOwn = (own: string | undefined): boolean => own?.replace(/-\d+$/, '') === job;
  const jobOf = ({ metadata }: Pod) => metadata.labels?.['batch.kubernetes.io/job-name'];
  const ofJob = all.entries.filter((entry) => entry.kind !== 'gap' && isOwn(jobOf(entry.object)));
  const pods = replayTimeline<Pod>('pods', ofJob);
  const started = jobs.entries.filter((entry) => entry.kind === 'added' && isOwn(entry.object.metadata.name));
  const runs = started.map((entry, index): JobRun => {
    const from = entry.sequence - 1;
    const own = entry.kind === 'gap' ? '' : entry.object.metadata.name;
    const makes = name !== 'snapshots denied' || index < 2 || index > 4;
    return { label: `run ${index + 1}`, job: own, scheduled: true, makes, from };
  });
  return {
    ...{ job, volume, version: 'v1.12.1', runs, jobs, pods },
    backups: replayed.timeline<Backup>('backups'),
    snapshots: replayed.timeline<Snapshot>('snapshots'),
    volumes: replayed.timeline<Volume>('volumes'),
    events: replayTimeline<Event>('events'),
  };
};

/**
 * The recorded log of each run of a job. Longer ones begin in the middle of a line, which is left out; the
 * last ones of the faulty cleanup are cut short.
 */
export const recordedLogs = async (name: RecordedJob): Promise<string[]> => {
  const { file, job } = recordedJobs[name];
  const text = await readFile(new URL(`${file}.log`, folder), 'utf8');
  return text
    .split(/^# pod /m)
    .filter((part) => part.startsWith(`${job}-`))
    .map((part) => part.slice(part.indexOf('\n') + 1).replace(/^(?!time=")[^\n]*\n/, ''));
};
