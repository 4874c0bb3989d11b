import { expect, test } from 'vitest';
import { cronJobOf, lastApplied } from '../../../emulator/controllers/recurring-job/cron.ts';
import { defaultJobGroup } from '../../../emulator/controllers/volume/controller.ts';
import type { RecurringJob, Volume } from '../../../emulator/longhorn/objects.ts';
import { recordedObject } from '../support/recorded.ts';

type PodTemplate = {
  metadata: { labels: Record<string, string> };
  spec: { containers: { command: string[]; env: object[] }[] };
};
type Job = { metadata: { name: string }; spec: { backoffLimit: number; template: PodTemplate } };

const job = recordedObject('recurring-job', 'recurringjobs') as unknown as RecurringJob;
const pod = { image: 'i', environment: { CLOCK: 'fast', BUG: '' } };
const made = (of = job) => cronJobOf(of, pod, { successful: 1, failed: 2 });
const spec = made().spec as { jobTemplate: { spec: { backoffLimit: number; template: PodTemplate } } };

test("a job's pod is the recorded one's, but for image, environment and priority", () => {
  const recorded = recordedObject('recurring-job', 'jobs') as unknown as Job;
  const { template, backoffLimit } = spec.jobTemplate.spec;
  expect(backoffLimit).toBe(recorded.spec.backoffLimit);
  expect(recorded.spec.template.metadata.labels).toMatchObject(template.metadata.labels);
  const [container] = recorded.spec.template.spec.containers;
  expect(container?.command).toEqual(template.spec.containers[0]?.command);
  expect(template.spec).toMatchObject({
    serviceAccountName: 'longhorn-service-account',
    restartPolicy: 'OnFailure',
    containers: [{ name: 'rj-e2e', image: 'i' }],
  });
});

test('its environment is the one given', () => {
  expect(spec.jobTemplate.spec.template.spec.containers[0]?.env).toEqual([
    expect.objectContaining({ name: 'POD_NAMESPACE' }),
    { name: 'CLOCK', value: 'fast' },
    { name: 'BUG', value: '' },
  ]);
});

test('goes with its RecurringJob and runs by its cron line, one at a time', () => {
  expect(made()).toMatchObject({
    metadata: {
      name: 'rj-e2e',
      labels: { 'longhorn.io/managed-by': 'longhorn-manager', 'recurring-job.longhorn.io': 'rj-e2e' },
      ownerReferences: [{ kind: 'RecurringJob', name: 'rj-e2e', uid: job.metadata.uid }],
    },
    spec: {
      schedule: '*/2 * * * *',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
    },
  });
});

test('is told from another by what it was last given', () => {
  const another = made({ ...job, spec: { ...job.spec, cron: '* * * * *' } });
  expect(made().metadata.annotations?.[lastApplied]).toBe(JSON.stringify(made().spec));
  expect(another.metadata.annotations?.[lastApplied]).not.toBe(made().metadata.annotations?.[lastApplied]);
});

test.each([
  [{}, { 'recurring-job-group.longhorn.io/default': 'enabled' }],
  [{ longhornvolume: 'v' }, { 'recurring-job-group.longhorn.io/default': 'enabled' }],
  [{ 'recurring-job.longhorn.io/rj': 'enabled' }, {}],
  [{ 'recurring-job-group.longhorn.io/mine': 'enabled' }, {}],
])('a volume with the labels %j gets %j', (labels, expected) => {
  expect(defaultJobGroup({ metadata: { name: 'v', labels } } as unknown as Volume)).toEqual(expected);
});
