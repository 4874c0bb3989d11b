import type { KubernetesObject } from '../kube/cluster.ts';
import { isConditionTrue } from '../kube/objects.ts';

/** A recurring job of Longhorn. Longhorn keeps a CronJob of the same name for it. */
export type RecurringJob = KubernetesObject & {
  spec: {
    name: string;
    task: string;
    cron: string;
    retain: number;
    /** Since v1.13: `count-based`, or `age-based` with an age in Go's format. */
    retentionPolicy?: string;
    retainAge?: string;
    concurrency: number;
    groups: string[];
    labels: Record<string, string>;
    parameters?: Record<string, string>;
  };
};

export type CronJob = KubernetesObject & {
  spec: {
    schedule: string;
    successfulJobsHistoryLimit?: number;
    jobTemplate: { metadata?: { labels?: Record<string, string> }; spec: Record<string, unknown> };
  };
  status?: { lastScheduleTime?: string | null };
};

/** One run of a CronJob. */
export type Job = KubernetesObject & {
  status?: {
    active?: number;
    completionTime?: string;
    conditions?: { type: string; status: string; message?: string }[] | null;
  };
};

/** Whether a Job has ended, well or not. */
export const isJobOver = (job: Job): boolean =>
  ['Complete', 'Failed'].some((type) => isConditionTrue(job, type));

/** A Kubernetes event about an object. */
export type Event = KubernetesObject & {
  involvedObject: { kind?: string; name?: string };
  reason?: string;
  message?: string;
  type?: string;
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
};

/** When an event was last reported, in the format of Kubernetes. */
export const timeOfEvent = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

/** The name of the label that puts a volume into a recurring job; its value is `enabled`. */
export const volumeJobLabel = (job: string): string => `recurring-job.longhorn.io/${job}`;

/** The name of the label that puts a volume into a group of recurring jobs; its value is `enabled`. */
export const volumeGroupLabel = (group: string): string => `recurring-job-group.longhorn.io/${group}`;

/** The group of all volumes that have no other label of a job or a group. */
export const defaultGroup = 'default';

/** Whether a label of a volume names a recurring job or a group. */
export const isJobOrGroupLabel = (label: string): boolean =>
  label.startsWith(volumeJobLabel('')) || label.startsWith(volumeGroupLabel(''));

/** The label that a recurring job puts on its backups and snapshots; its value is the job's name. */
export const madeByLabel = 'RecurringJob';

/** The label that a recurring job puts on its SystemBackups; its value is the job's name. */
export const systemBackupJobLabel = volumeJobLabel('system-backup');

/** The label on the CronJob of a recurring job and on the pods of its runs; its value is the job's name. */
export const jobLabelName = 'recurring-job.longhorn.io';

/** The label selector for the pods of a recurring job. */
export const jobPodsLabel = (job: string): string => `${jobLabelName}=${job}`;
