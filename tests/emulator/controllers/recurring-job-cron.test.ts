import { expect, test } from 'vitest';
import { cronJobOf, lastApplied } from '../../../emulator/controllers/recurring-job/cron.ts';
import type { RecurringJob } from '../../../emulator/longhorn/objects.ts';
import { recordedObject } from '../support/recorded.ts';

type PodTemplate = {
  metadata: { labels: Record<string, string> };
  spec: { containers: { command: string[]; env: object[] }[] };
};
type Job = { spec: { backoffLimit: number; template: PodTemplate } };

test('the CronJob of a job makes the recorded pods, but for image, environment and priority, one at a time', () => {
  const job = recordedObject('recurring-job', 'recurringjobs') as unknown as RecurringJob;
  const recorded = recordedObject('recurring-job', 'jobs') as unknown as Job;
  const pod = { image: 'i', environment: { CLOCK: 'fast', BUG: '' } };
  const made = (of = job) => cronJobOf(of, pod, { successful: 1, failed: 2 });
  expect(made()).toMatchObject({
    metadata: {
      name: 'rj-e2e',
      labels: { 'longhorn.io/managed-by': 'longhorn-manager', 'recurring-job.longhorn.io': 'rj-e2e' },
      ownerReferences: [{ kind: 'RecurringJob', name: 'rj-e2e', uid: job.metadata.uid }],
    },
    spec: {
      ...{ schedule: '*/2 * * * *', concurrencyPolicy: 'Forbid' },
      ...{ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 2 },
      jobTemplate: { spec: { backoffLimit: recorded.spec.backoffLimit } },
    },
  });
  const { template } = (made().spec as { jobTemplate: Job }).jobTemplate.spec;
  expect(recorded.spec.template.metadata.labels).toMatchObject(template.metadata.labels);
  const [container] = recorded.spec.template.spec.containers;
  const env = [
    expect.objectContaining({ name: 'POD_NAMESPACE' }),
    { name: 'CLOCK', value: 'fast' },
    { name: 'BUG', value: '' },
  ];
  expect(template.spec).toMatchObject({
    ...{ serviceAccountName: 'longhorn-service-account', restartPolicy: 'OnFailure' },
    containers: [{ name: 'rj-e2e', image: 'i', command: container?.command, env }],
  });
  // One is told from another by what it was last given.
  const given = (of = job) => made(of).metadata.annotations?.[lastApplied];
  expect(given()).toBe(JSON.stringify(made().spec));
  expect(given({ ...job, spec: { ...job.spec, cron: '* * * * *' } })).not.toBe(given());
});
