import { ownerReference } from '../../kubernetes/objects.ts';
import type { CronJob, RecurringJob } from '../../longhorn/objects.ts';
import { serviceAccount } from '../../manifests/access.ts';
import { jobLabels } from '../../modelled-on.ts';

/**
 * Annotation with the spec that Longhorn last gave a CronJob, as JSON. Fields that Kubernetes adds to the
 * spec do not count as a change.
 */
export const lastAppliedAnnotation = 'longhorn.io/last-applied-cronjob-spec';

const backendURL = 'http://longhorn-backend:9500/v1';
const engineBinaries = '/var/lib/longhorn/engine-binaries/';

/** Image and environment of the jobs' pods. The image is the managers' own, which contains the program. */
export type JobPodTemplate = { image: string; environment: Record<string, string> };

/** How many finished Jobs Kubernetes keeps. */
type HistoryLimits = { successful: number; failed: number };

/**
 * The CronJob of a recurring job, as v1.12.1 makes it. There are two differences: more environment variables,
 * and no priority class.
 */
export const cronJobOf = (
  recurringJob: RecurringJob,
  pod: JobPodTemplate,
  { overlap, ...limits }: HistoryLimits & { overlap?: boolean },
): Pick<CronJob, 'metadata' | 'spec'> => {
  const { name } = recurringJob.metadata;
  const labels = { 'longhorn.io/managed-by': 'longhorn-manager', [jobLabels.job]: name };
  const container = {
    name,
    image: pod.image,
    command: ['longhorn-manager', '-d', 'recurring-job', name, '--manager-url', backendURL],
    env: [
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ...Object.entries(pod.environment).map(([key, value]) => ({ name: key, value })),
    ],
    volumeMounts: [{ name: 'engine-binaries', mountPath: engineBinaries }],
  };
  const spec = {
    schedule: recurringJob.spec.cron,
    concurrencyPolicy: overlap ? 'Allow' : 'Forbid',
    successfulJobsHistoryLimit: limits.successful,
    failedJobsHistoryLimit: limits.failed,
    jobTemplate: {
      spec: {
        backoffLimit: 3,
        template: {
          metadata: { name, labels },
          spec: {
            containers: [container],
            volumes: [{ name: 'engine-binaries', hostPath: { path: engineBinaries } }],
            serviceAccountName: serviceAccount,
            restartPolicy: 'OnFailure',
          },
        },
      },
    },
  };
  return {
    metadata: {
      name,
      labels,
      annotations: { [lastAppliedAnnotation]: JSON.stringify(spec) },
      ownerReferences: [ownerReference(recurringJob)],
    },
    spec,
  };
};
