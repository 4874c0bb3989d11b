import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { CronJob, Job } from '../../../../e2e/longhorn/job-types.ts';
import { longhornResources } from '../../../../e2e/longhorn/resources.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import type { JobHandle } from '../../../../e2e/suite/steps/job/job.ts';
import {
  dueMinute,
  everyQuarter,
  lastTick,
  nextTick,
  scheduleJob,
  startedRuns,
} from '../../../../e2e/suite/steps/job/job.ts';
import { timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

test.for([
  ['12:00:07', '12:03:50', '12:03:00'],
  ['12:03:07', '12:03:50', '12:04:00'],
  // A start at the very minute in which the CronJob was made is none that was missed.
  ['12:03:00', '12:03:50', '12:04:00'],
  ['12:02:59', '12:03:00', '12:03:00'],
] as const)('made at %s, at %s the minute to start in is %s', ([since, now, due]) => {
  expect(dueMinute({ since: at(since), now: at(now) })).toBe(at(due));
});

test('a minute is the same a quarter of an hour later, wherever the clock stands', () => {
  expect(everyQuarter(at('12:03:00'))).toBe('3,18,33,48 * * * *');
  expect(everyQuarter(at('12:48:00'))).toBe('3,18,33,48 * * * *');
  expect(everyQuarter(at('12:45:00'))).toBe('0,15,30,45 * * * *');
});

test('a run is called by its order; where there is none, that is an error', () => {
  const tick = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
  expect(nextTick({ ticks: [] })).toBe('the first run');
  expect(nextTick({ ticks: Array(8).fill(tick) })).toBe('the 9th run');
  expect(lastTick({ name: 'j', ticks: [tick] })).toBe(tick);
  expect(() => lastTick({ name: 'j', ticks: [] })).toThrow('no step has started recurring job j yet');
});

test('the runs that Kubernetes started beside those of the steps are told in their order, each once', () => {
  const jobs = replayTimeline<Job>('jobs');
  const ownerReferences = [{ kind: 'CronJob', name: 'j' }];
  const show = (name: string, owners: object[] = ownerReferences): void => {
    jobs.push({ kind: 'modified', at: 0, object: { metadata: { name, ownerReferences: owners } } as Job });
  };
  for (const name of ['j-1', 'j-29', 'j-29', 'j-30']) show(name);
  show('k-31', [{ kind: 'CronJob', name: 'k' }]);
  const known = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
  const job = { name: 'j', watched: { jobs }, ticks: [known] } as unknown as JobHandle;
  const [second, third] = startedRuns(job);
  expect([second, third]).toMatchObject([
    { label: 'the second run', job: 'j-29' },
    { label: 'the third run', job: 'j-30' },
  ]);
  // From before the first that was seen of each.
  expect((third?.from ?? 0) - (second?.from ?? 0)).toBe(2);
});

test('the cron of a run that Kubernetes starts is left alone until it has noted the start', async () => {
  const cronJobs = replayTimeline<CronJob>('cronjobs');
  const jobs = replayTimeline<Job>('jobs');
  const metadata = { name: 'j', creationTimestamp: '2026-11-20T12:00:07Z' };
  let schedule = 'far away';
  const show = (lastScheduleTime?: string): void => {
    const object: CronJob = {
      metadata,
      spec: { schedule, jobTemplate: { spec: {} } },
      ...(lastScheduleTime && { status: { lastScheduleTime } }),
    };
    cronJobs.push({ kind: 'modified', at: 0, object });
  };
  show();
  // What Longhorn does with a recurring job's cron.
  const crons: string[] = [];
  const patch: Cluster['patch'] = async (resource, _, body) => {
    if (resource !== longhornResources.recurringJobs) return {} as never;
    schedule = (body as { spec: { cron: string } }).spec.cron;
    crons.push(schedule);
    show(cronJobs.current('j')?.status?.lastScheduleTime ?? undefined);
    return {} as never;
  };
  const job = { name: 'j', ticks: [], watched: { cronJobs, jobs } } as unknown as JobHandle;
  const tick = scheduleJob(
    { cluster: stubCluster({ patch }), timeouts: timeoutsOn(longhornClocks) } as Context,
    job,
  );

  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'j', uid: 'x' }];
  await setImmediate();
  jobs.push({ kind: 'added', at: 0, object: { metadata: { name: 'j-1', ownerReferences } } });
  await setImmediate();
  expect(crons).toEqual([expect.stringMatching(/ \* \* \* \*$/)]);
  show('2026-11-20T12:01:00Z');
  expect(await tick).toMatchObject({ job: 'j-1', scheduled: true });
  expect(crons).toEqual([expect.any(String), expect.stringMatching(/^0 0 1 /)]);
});
