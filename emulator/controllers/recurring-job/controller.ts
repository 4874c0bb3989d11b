import { isConflict } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { RecurringJob } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsible } from '../../manager/ownership.ts';
import { cronJobOf, type JobPodTemplate, lastApplied } from './cron.ts';

const own = async (
  { datastore, node, log }: ManagerContext,
  recurringJob: RecurringJob,
): Promise<boolean> => {
  if (recurringJob.status?.ownerID === node) return true;
  try {
    await datastore.recurringJobs.updateStatus({
      ...recurringJob,
      status: { executionCount: 0, ...recurringJob.status, ownerID: node },
    });
  } catch (error) {
    if (isConflict(error)) return false; // Another manager came first.
    throw error;
  }
  log.info(`Recurring Job got new owner ${node}`, { recurringJob: recurringJob.metadata.name });
  return true;
};

const historyLimit = ({ datastore }: ManagerContext, outcome: 'successful' | 'failed'): number =>
  Number(datastore.settings.get(`recurring-${outcome}-jobs-history-limit`)?.value ?? 1);

const applyCronJob = async (
  context: ManagerContext,
  recurringJob: RecurringJob,
  pod: JobPodTemplate,
): Promise<void> => {
  const { cronJobs } = context.datastore;
  const limits = { successful: historyLimit(context, 'successful'), failed: historyLimit(context, 'failed') };
  const wanted = cronJobOf(recurringJob, pod, limits);
  const found = cronJobs.get(recurringJob.metadata.name);
  if (!found) await cronJobs.create(wanted);
  else if (found.metadata.annotations?.[lastApplied] !== wanted.metadata.annotations?.[lastApplied]) {
    await cronJobs.update({
      ...found,
      metadata: { ...found.metadata, ...wanted.metadata },
      spec: wanted.spec,
    });
  }
};

/**
 * Gives each RecurringJob its CronJob, which Kubernetes deletes with it. As in Longhorn, a change of the
 * settings for the history's length arrives with the next resync.
 */
export const startRecurringJobController = (context: ManagerContext, pod: JobPodTemplate): void => {
  const { datastore, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const found = datastore.recurringJobs.get(name);
    if (!found || found.metadata.deletionTimestamp) return;
    if (!isResponsible({ self: node, owner: found.status?.ownerID ?? '', nodes: datastore.nodes.list() }))
      return;
    if (!(await own(context, found))) return;
    const beyond = notEmulated(found);
    for (const message of beyond)
      context.recorder(found, { type: 'Warning', reason: 'NotEmulated', message });
    if (beyond.length === 0) await applyCronJob(context, found, pod);
  };
  datastore.recurringJobs.onEvent(startController({ name: 'recurring-job', reconcile }, context));
};
