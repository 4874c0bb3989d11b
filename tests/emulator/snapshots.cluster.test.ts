import { expect, test } from 'vitest';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { TargetHandle, VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { deleteJob, type JobOptions, makeRecurringJob } from '../../e2e/suite/steps/job/job.ts';
import { jobTaskSteps } from '../../e2e/suite/steps/job-tasks/steps.ts';
import { bind } from '../../e2e/suite/steps/step.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import { detach, makeVolume, untilDetached } from '../../e2e/suite/steps/volume/volume.ts';
import { clocks } from '../../emulator/clocks.ts';
import { createClient } from '../../emulator/kubernetes/client.ts';
import { createLog } from '../../emulator/log.ts';
import { runRecurringJob } from '../../emulator/recurring-job/run.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { useSteps } from './support/use-longhorn.ts';

const size = 16 << 20;

let local: SharedLonghorn;
let context: Context;
let target: TargetHandle;

useSteps({ name: 'snapshots', run: 'snapsh' }, async (started) => {
  ({ local, context, target } = started);
});

const steps = () => bind(context, jobTaskSteps, 'then');

/** Runs a job of a volume once, as its pod would, and returns what a step that started it would know. */
const runJob = async (volume: VolumeHandle, how: JobOptions) => {
  const job = await makeRecurringJob(context, volume, how);
  const tick = { label: 'the run', job: '', scheduled: false, makes: true, from: job.watched.jobs.mark() };
  job.ticks.push(tick);
  const code = await runRecurringJob({
    name: job.name,
    managerURL: `http://${local.address(volume.node)}:9500/v1`,
    kubernetes: createClient(local.access),
    log: createLog(() => {}),
    clock: clocks.fast,
    mutant: undefined,
  });
  expect(code).toBe(0);
  return job;
};

test('the newest snapshot of a volume is marked when it is deleted, and goes once there is a newer one', async () => {
  const volume = await makeVolume(context, { size, target });
  const byHand = await makeSnapshot(context, volume);
  const labels = { 'made-for': 'a test' };
  const taken = await steps().snapshotTaken(await runJob(volume, { task: 'snapshot', labels }), labels);
  await steps().snapshotsLeft(volume, [byHand, taken]);
  await runJob(volume, { task: 'snapshot-delete', keeps: 0 });
  await steps().snapshotMarked(taken);

  await steps().snapshotsLeft(volume, [await makeSnapshot(context, volume)]);
  await detach(context, volume.name);
  await untilDetached(context, volume.name);
  await makeSnapshot(context, volume);
  await untilDetached(context, volume.name);
  await context.cluster.delete(longhornResources.volumes, { namespace, name: volume.name });
});

test('a volume is in the group default where it has no label of jobs, also when it has lost its last', async () => {
  const first = await makeVolume(context, { size, target });
  await steps().inJobs(first, { byDefault: true });
  const job = await makeRecurringJob(context, first);
  const second = await makeVolume(context, { size, target, group: job.name });
  await steps().inJobs(second, { byGroup: job });
  await steps().inJobs(first, { of: job, byDefault: true });
  await deleteJob(context, job, 'the page');
  for (const volume of [first, second]) {
    await steps().jobLabelsGone(volume, { job, by: 'the page' });
    await steps().inJobs(volume, { byDefault: true });
  }
  for (const { name } of [first, second])
    await context.cluster.delete(longhornResources.volumes, { namespace, name });
});
