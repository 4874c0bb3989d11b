import type { KubernetesObject } from '../kube/cluster.ts';

/** Work that Longhorn does for volumes again and again; it keeps a CronJob of the same name for it. */
export type RecurringJob = KubernetesObject & {
  spec: {
    name: string;
    task: string;
    cron: string;
    retain: number;
    concurrency: number;
    groups: string[];
    labels: Record<string, string>;
    parameters?: Record<string, string>;
  };
};

/** Kubernetes' own kind of it. */
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
  status?: { active?: number; conditions?: { type: string; status: string; message?: string }[] | null };
};

/** A pod, as far as its containers' lives go. */
export type JobPod = KubernetesObject & {
  status?: {
    phase?: string;
    containerStatuses?: { name: string; restartCount: number; state?: ContainerState }[] | null;
  };
};

/** What a container is at; one of them is there. */
type ContainerState = {
  waiting?: { reason?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string };
};

/** What a controller reports of an object. */
export type Event = KubernetesObject & {
  involvedObject: { kind?: string; name?: string };
  reason?: string;
  message?: string;
  type?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
};

/** When an event was reported last, as Kubernetes writes it. */
export const timeOfEvent = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

/** The label by which a volume takes part in a recurring job; its value is `enabled`. */
export const takesPart = (job: string): string => `recurring-job.longhorn.io/${job}`;

/** The same by a group, for which jobs may be. */
export const inGroup = (group: string): string => `recurring-job-group.longhorn.io/${group}`;

/** The group of the volumes that take part in no job otherwise. */
export const defaultGroup = 'default';

/** Whether a label of a volume is of a job or a group. */
export const isOfJobs = (label: string): boolean =>
  label.startsWith(takesPart('')) || label.startsWith(inGroup(''));

/** What a job puts among the labels of its backups and snapshots; its value is the job's name. */
export const madeByLabel = 'RecurringJob';

/**
 * The name of the label on the CronJob of a recurring job and on the pods of its runs; its value is the job's
 * name.
 */
export const jobLabelName = 'recurring-job.longhorn.io';

/** The selector of the pods of a recurring job's runs. */
export const jobPodsLabel = (job: string): string => `${jobLabelName}=${job}`;
