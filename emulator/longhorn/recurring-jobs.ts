import type { ApiObject } from '../kubernetes/objects.ts';
import type { LonghornObject } from './objects.ts';

export type RecurringJob = LonghornObject<
  {
    name?: string;
    groups?: string[] | null;
    task: string;
    cron: string;
    retain: number;
    concurrency: number;
    labels?: Record<string, string> | null;
    parameters?: Record<string, string> | null;
  },
  { ownerID: string; executionCount?: number }
>;

/** Of Kubernetes; only the controller of recurring jobs writes it. */
export type CronJob = ApiObject & { spec: object };
