import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import type { CronJob, Job } from '../../../../e2e/longhorn/job-types.ts';
import { longhornResources } from '../../../../e2e/longhorn/resources.ts';
import * as jobs from '../../../../e2e/suite/steps/job/job.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { createTestContext } from '../../../support/test-context.ts';

const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

test.for([
  ['12:00:07', '12:03:50', '12:03:00'],
  // A start at the very minute in which the CronJob was made is none that was missed.
  ['12:03:00', '12:03:50', '12:04:00'],
  ['12:02:59', '12:03:00', '12:03:00'],
] as const)('made at %s, at %s the minute to start in is %s', ([since, now, due]) => {
  expect(jobs.dueMinute({ since: at(since), now: at(now) })).toBe(at(due));
});

test('a minute is the same a quarter of an hour later; a run is called by its order', () => {
  expect(jobs.everyQuarter(at('12:48:00'))).toBe('3,18,33,48 * * * *');
  expect(jobs.everyQuarter(at('12:45:00'))).toBe('0,15,30,45 * * * *');
  const run = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
  const names = [0, 8, 10, 20].map((count) => jobs.nextRunLabel({ runs: Array(count).fill(run) }));
  expect(names).toEqual(['the first run', 'the 9th run', 'the 11th run', 'the 21st run']);
  expect(() => jobs.lastRun({ name: 'j', runs: [] })).toThrow('no step has started recurring job j yet');
});

const ownedBy = (name: string) => [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid: 'x' }];

test('the runs that Kubernetes started beside those of the steps are reported in their order, each once', () => {
  const all = replayTimeline<Job>('jobs');
  for (const name of ['j-1', 'j-29', 'j-29', 'j-30', 'k-31']) {
    const object = { metadata: { name, ownerReferences: ownedBy(name.slice(0, 1)) } };
    all.push({ kind: 'modified', at: 0, object });
  }
  const known = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
  const runs = jobs.startedRuns({ name: 'j', watched: { jobs: all }, runs: [known] } as never);
  expect(runs.map(({ label, job }) => `${label} ${job}`).join()).toBe(
    'the second run j-29,the third run j-30',
  );
  // From before the first that was seen of each.
  expect((runs[1]?.from ?? 0) - (runs[0]?.from ?? 0)).toBe(2);
});

test('the cron of a run that Kubernetes starts is left alone until it has noted the start', async () => {
  const [cronJobs, all] = [replayTimeline<CronJob>('cronjobs'), replayTimeline<Job>('jobs')];
  let schedule = 'far away';
  const show = (lastScheduleTime?: string | null): void => {
    const metadata = { name: 'j', creationTimestamp: '2026-11-20T12:00:07Z' };
    const spec = { schedule, jobTemplate: { spec: {} } };
    const object = { metadata, spec, ...(lastScheduleTime && { status: { lastScheduleTime } }) };
    cronJobs.push({ kind: 'modified', at: 0, object });
  };
  show();
  // What Longhorn does with a recurring job's cron.
  const crons: string[] = [];
  const patch: Cluster['patch'] = async (resource, _, body) => {
    if (resource !== longhornResources.recurringJobs) return {} as never;
    schedule = (body as { spec: { cron: string } }).spec.cron;
    crons.push(schedule);
    show(cronJobs.current('j')?.status?.lastScheduleTime);
    return {} as never;
  };
  const { context } = createTestContext({ cluster: stubCluster({ patch }) });
  const job = { name: 'j', runs: [], watched: { cronJobs, jobs: all } } as never;
  const run = jobs.scheduleJob(context, job);
  await setImmediate();
  all.push({ kind: 'added', at: 0, object: { metadata: { name: 'j-1', ownerReferences: ownedBy('j') } } });
  await setImmediate();
  expect(crons).toEqual([expect.stringMatching(/ \* \* \* \*$/)]);
  show('2026-11-20T12:01:00Z');
  expect(await run).toMatchObject({ job: 'j-1', scheduled: true });
  expect(crons[1]).toMatch(/^0 0 1 /);
});
