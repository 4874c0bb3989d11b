import { type CronJob, type Event, type Job, type JobPod, jobPodsLabel, type RecurringJob, takesPart } from '../../../longhorn/job-types.ts';
import { longhornApiVersion as apiVersion, longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { resources } from '../../../kube/cluster.ts';
import { once } from '../../../history/expectation.ts';
import { followLog } from '../../../history/pod-log.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { runLabel } from '../made.ts';
import type { JobHandle, JobTimelines } from './handles.ts';

/** A cron that no scenario lasts until, whatever the time zone that it is read in: half a year from now. */
const farAway = (now = new Date()): string => `0 0 1 ${((now.getUTCMonth() + 6) % 12) + 1} *`;

/**
 * Makes a recurring job for the backups of one volume, and returns when Longhorn has a CronJob for it; it keeps one backup.
 * It runs when a step says so, and not by itself.
 */
export const makeRecurringJob = async (context: Context, volume: VolumeHandle): Promise<JobHandle> => {
  const { cluster, made, run, limits } = context;
  const name = context.uniqueName('job');
  const watched = await watchJob(context, name);
  const logs = readLogs(context, { name, pods: watched.pods });
  const retain = 1;
  const wanted: RecurringJob = {
    apiVersion,
    kind: 'RecurringJob',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: { name, task: 'backup', cron: farAway(), retain, concurrency: 1, groups: [], labels: {} },
  };
  made.jobs.push(name);
  await cluster.create(longhornResources.recurringJobs, wanted);
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name: volume.name },
    { metadata: { labels: { [takesPart(name)]: 'enabled' } } },
  );
  await once(watched.cronJobs, () => true, { name, label: `Longhorn has a CronJob ${name}`, ...limits.cronJobExists });
  return { name, volume, retain, watched, logs, ticks: [] };
};

/** Gives the job another cron (far away where left out), and returns when its CronJob has it. */
export const changeCron = async ({ cluster, limits }: Context, { name, watched }: JobHandle, cron = farAway()): Promise<void> => {
  await cluster.patch(longhornResources.recurringJobs, { namespace, name }, { spec: { cron } });
  await once(watched.cronJobs, ({ spec }) => spec.schedule === cron, {
    name,
    label: `CronJob ${name} has the cron ${cron}`,
    describe: ({ spec }) => spec.schedule,
    ...limits.cronJobExists,
  });
};

const watchJob = async ({ cluster, living: signal }: Context, name: string): Promise<JobTimelines> => {
  const [cronJobs, jobs, pods, events] = await Promise.all([
    follow<CronJob>(cluster, resources.cronJobs, { namespace, fieldSelector: `metadata.name=${name}`, signal }),
    follow<Job>(cluster, resources.jobs, { namespace, signal }),
    follow<JobPod>(cluster, resources.pods, { namespace, labelSelector: jobPodsLabel(name), signal }),
    follow<Event>(cluster, resources.events, { namespace, fieldSelector: `involvedObject.name=${name}`, signal }),
  ]);
  return { cronJobs, jobs, pods, events };
};

// Read while the pod runs: with the next run's end Kubernetes may remove it (by default it keeps the last one only).
const readLogs = ({ cluster, living: signal }: Context, { name, pods }: { name: string; pods: Timeline<JobPod> }): JobHandle['logs'] => {
  const logs = new Map<string, Promise<string>>();
  pods.onEntry((entry) => {
    if (entry.kind === 'gap' || entry.kind === 'deleted') return;
    const pod = entry.object.metadata.name;
    const state = entry.object.status?.containerStatuses?.[0]?.state;
    if (logs.has(pod) || (state?.running === undefined && state?.terminated === undefined)) return;
    const log = followLog(cluster, { namespace, name: pod, container: name }, { signal });
    // Told by the step that needs it; the scenario may end before.
    log.catch(() => {});
    logs.set(pod, log);
  });
  return logs;
};
