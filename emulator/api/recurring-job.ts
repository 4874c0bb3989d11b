import type { RecurringJob } from '../longhorn/objects.ts';
import { type Links, type Resource, withLinks } from './resource.ts';

/** A RecurringJob as the API shows it. */
export const toRecurringJob = ({ metadata, spec, status }: RecurringJob, links: Links): Resource =>
  withLinks(
    {
      id: metadata.name,
      type: 'recurringJob',
      name: metadata.name,
      groups: spec.groups ?? null,
      task: spec.task,
      cron: spec.cron,
      retain: spec.retain,
      concurrency: spec.concurrency,
      labels: spec.labels ?? null,
      parameters: spec.parameters ?? null,
      executionCount: status?.executionCount ?? 0,
    },
    links,
  );
