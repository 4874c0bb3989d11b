import { jobPodsLabel } from '../../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { resources, unlessGone } from '../../../kube/cluster.ts';
import { onceGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import type { Context } from '../context.ts';

type Ground = Pick<Context, 'cluster' | 'timelines' | 'made' | 'limits'>;

/** Removes the recurring jobs that the steps made, and enters what their runs made: that is to be removed like everything else. */
export const removeJobs = async (ground: Ground): Promise<void> => {
  try {
    await Promise.all(ground.made.jobs.map((name) => removeJob(ground, name)));
  } finally {
    if (ground.made.jobs.length > 0) enterMade(ground);
  }
};

const enterMade = ({ timelines, made }: Ground): void => {
  const backups = timelines.backups.objects().filter(({ metadata }) => made.volumes.includes(metadata.labels?.['backup-volume'] ?? ''));
  const snapshots = timelines.snapshots.objects().filter(({ spec }) => made.volumes.includes(spec.volume));
  made.backups = [...new Set([...made.backups, ...backups.map(({ metadata }) => metadata.name)])];
  made.snapshots = [...new Set([...made.snapshots, ...snapshots.map(({ metadata }) => metadata.name)])];
};

// Returns when the last pod of its runs is gone, so that it makes nothing any more.
const removeJob = async ({ cluster, limits }: Ground, name: string): Promise<void> => {
  const stop = new AbortController();
  const where = { namespace, signal: stop.signal };
  try {
    const [recurringJobs, cronJobs, pods] = await Promise.all([
      follow(cluster, longhornResources.recurringJobs, { ...where, fieldSelector: `metadata.name=${name}` }),
      follow(cluster, resources.cronJobs, { ...where, fieldSelector: `metadata.name=${name}` }),
      follow(cluster, resources.pods, { ...where, labelSelector: jobPodsLabel(name) }),
    ]);
    const wait = { describe: () => 'still there', ...limits.jobsGone };
    await cluster.delete(longhornResources.recurringJobs, { namespace, name }).catch(unlessGone);
    await onceGone(recurringJobs, { name, label: `recurring job ${name} is gone`, ...wait });
    await onceGone(cronJobs, { name, label: `CronJob ${name} is gone`, ...wait });
    const left = pods.objects().map(({ metadata }) => metadata.name);
    await Promise.all(left.map((pod) => onceGone(pods, { name: pod, label: `pod ${pod} of recurring job ${name} is gone`, ...wait })));
  } finally {
    stop.abort(new Error('the recurring job is gone'));
  }
};
