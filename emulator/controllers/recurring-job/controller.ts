import { startController } from '../../kubernetes/controller.ts';
import type { RecurringJob } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsibleFor, takeOwnership } from '../../manager/ownership.ts';
import { jobLabels } from '../../modelled-on.ts';
import { cronJobOf, type JobPodTemplate, lastAppliedAnnotation } from './cron.ts';

const historyLimit = ({ datastore, mutant }: ManagerContext, outcome: 'successful' | 'failed'): number =>
  mutant === 'job-history-ignored'
    ? 99
    : Number(datastore.settings.get(`recurring-${outcome}-jobs-history-limit`)?.value ?? 1);

const applyCronJob = async (
  context: ManagerContext,
  recurringJob: RecurringJob,
  pod: JobPodTemplate,
): Promise<void> => {
  const { cronJobs } = context.datastore;
  const limits = { successful: historyLimit(context, 'successful'), failed: historyLimit(context, 'failed') };
  const overlap = context.mutant === 'runs-overlap';
  const wanted = cronJobOf(recurringJob, pod, { ...limits, overlap });
  const found = cronJobs.get(recurringJob.metadata.name);
  if (!found) await cronJobs.create(wanted);
  else if (
    found.metadata.annotations?.[lastAppliedAnnotation] !==
    wanted.metadata.annotations?.[lastAppliedAnnotation]
  ) {
    await cronJobs.update({
      ...found,
      metadata: { ...found.metadata, ...wanted.metadata },
      spec: wanted.spec,
    });
  }
};

/**
 * Removes the labels of a deleted job from all volumes, and the labels of its groups that no other job has. A
 * job that is gone before a manager sees the deletion leaves its labels. `kubectl delete` does that.
 */
const takeLabelsOff = async (
  { datastore, mutant }: ManagerContext,
  { name, groups }: { name: string; groups: readonly string[] },
): Promise<void> => {
  if (mutant === 'job-labels-stay') return;
  const others = datastore.recurringJobs.list().filter((each) => each.metadata.name !== name);
  const isUnused = (group: string): boolean => !others.some(({ spec }) => spec.groups?.includes(group));
  const gone = [jobLabels.ofJob(name), ...groups.filter(isUnused).map(jobLabels.ofGroup)];
  for (const { metadata } of datastore.volumes.list()) {
    const own = gone.filter((label) => metadata.labels?.[label] !== undefined);
    if (own.length === 0) continue;
    const labels = Object.fromEntries(own.map((label) => [label, null]));
    await datastore.volumes.patch(metadata.name, { metadata: { labels } });
  }
};

/**
 * Creates a CronJob for each RecurringJob. Kubernetes deletes it with the job. As in Longhorn, a change of
 * the history limits takes effect at the next resync.
 */
export const startRecurringJobController = (context: ManagerContext, pod: JobPodTemplate): void => {
  const { datastore, log, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const found = datastore.recurringJobs.get(name);
    if (!found) {
      // The groups of a job are unknown after its deletion.
      if (context.mutant === 'fixed:deleted-job-leaves-labels')
        await takeLabelsOff(context, { name, groups: [] });
      return;
    }
    if (!isResponsibleFor(context, found)) return;
    const owned = await takeOwnership(context, found, {
      collection: datastore.recurringJobs,
      newStatus: { ownerID: '', executionCount: 0 },
    });
    if (owned === undefined) return;
    if (owned !== found) log.info(`Recurring Job got new owner ${node}`, { recurringJob: name });
    if (found.metadata.deletionTimestamp)
      return takeLabelsOff(context, { name, groups: found.spec.groups ?? [] });
    const unsupported = notEmulated(found);
    for (const message of unsupported)
      context.recorder(found, { type: 'Warning', reason: 'NotEmulated', message });
    if (unsupported.length === 0) await applyCronJob(context, found, pod);
  };
  datastore.recurringJobs.onEvent(startController({ name: 'recurring-job', reconcile }, context));
};
