import { randomInt } from 'node:crypto';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { allowDeletion, deniedDeletion } from '../../e2e/faults/denied-deletion.ts';
import { once } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { clocks } from '../../emulator/clocks.ts';
import { createClient } from '../../emulator/kubernetes/client.ts';
import { createLog } from '../../emulator/log.ts';
import type { RecurringJob } from '../../emulator/longhorn/objects.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { runRecurringJob } from '../../emulator/recurring-job/run.ts';
import { longhorn, type SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const limit = { within: '5m', owner: 'this test' } as const;
const [job, volume] = ['rj', 'job-v'];

type CronJob = KubernetesObject & { spec: { schedule: string; successfulJobsHistoryLimit: number } };

let local: SharedLonghorn;
let user: User;
let recurring: Timeline<RecurringJob & KubernetesObject>;
let crons: Timeline<CronJob>;
const patch = (plural: string, name: string, change: object) =>
  local.cluster.patch(longhorn(plural), { namespace, name }, change);
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
  recurring = await follow(local.cluster, longhorn('recurringjobs'), { namespace });
  crons = await follow(local.cluster, resources.cronJobs, { namespace });
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte });
  const labels = { [`recurring-job.longhorn.io/${job}`]: 'enabled' };
  await patch('volumes', volume, { metadata: { labels } });
  await local.cluster.create(longhorn('recurringjobs'), {
    ...{ apiVersion: 'longhorn.io/v1beta2', kind: 'RecurringJob', metadata: { name: job, namespace } },
    spec: { name: job, task: 'backup', cron: '*/3 * * * *', retain: 1, concurrency: 1 },
  });
});
afterAll(async () => {
  await recurring?.stop();
  await crons?.stop();
});

/** What the pod of one run does, with the manager of any node behind the service's name. */
const tick = async (): Promise<{ code: number; lines: string[]; warnings: string[] }> => {
  const lines: string[] = [];
  await user.write('node1', volume, { offset: randomInt(8) * mebibyte, size: mebibyte });
  const code = await runRecurringJob({
    name: job,
    managerURL: `http://${local.address(`node${randomInt(1, 4)}`)}:9500/v1`,
    kubernetes: createClient(local.access),
    log: createLog((line) => lines.push(line)),
    clock: { ...clocks.fast, jobPoll: 200 },
    mutant: undefined,
  });
  return { code, lines, warnings: lines.filter((line) => line.includes('level=warning')) };
};

const backups = () =>
  user.timelines.backups.objects().filter(({ spec }) => spec.labels?.RecurringJob === job);
const timeOf = ({ metadata }: KubernetesObject) => Date.parse(metadata.creationTimestamp ?? '');
const newest = (): string =>
  backups()
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .at(-1)?.metadata.name ?? '';

test('the CronJob of a recurring job is made by a manager that then owns it, and follows its cron line and the settings', async () => {
  const { spec } = await once(crons, () => true, { name: job, label: 'there is a CronJob', ...limit });
  expect(spec).toMatchObject({ schedule: '*/3 * * * *', successfulJobsHistoryLimit: 1 });
  const isOwned = ({ status }: RecurringJob) => !!status?.ownerID;
  const owned = await once(recurring, isOwned, { name: job, label: 'it has an owner', ...limit });
  expect(local.nodes).toContain(owned.status?.ownerID);
  await patch('settings', 'recurring-successful-jobs-history-limit', { value: '10' });
  await patch('recurringjobs', job, { spec: { cron: '* * * * *' } });
  const follows = ({ spec }: CronJob) =>
    spec.schedule === '* * * * *' && spec.successfulJobsHistoryLimit === 10;
  await once(crons, follows, { name: job, label: 'it has both', ...limit });
});

test('its first run warns that there is nothing to clean up yet, or finds nothing to', async () => {
  const { code, warnings } = await tick();
  expect([code, backups().length, recurring.current(job)?.status?.executionCount]).toEqual([0, 1, 1]);
  expect(warnings.filter((line) => !line.includes('Action [backupList] not available on'))).toEqual([]);
  await user.untilSettled(newest(), volume);
  // What the API made is what a controller would have made of it: nobody has to add to it until it is complete.
  const { backups: made, snapshots } = user.timelines;
  const snapshot = backups()[0]?.spec.snapshotName;
  const generations = [...made.entries, ...snapshots.entries].flatMap((entry) =>
    entry.kind !== 'gap' &&
    [newest(), snapshot].includes(entry.object.metadata.name) &&
    (entry.object.status as { state?: string } | undefined)?.state !== 'Completed'
      ? [entry.object.metadata.generation]
      : [],
  );
  expect([...new Set(generations)]).toEqual([1]);
});

test('the next cleans up the backup and the snapshot before', async () => {
  const [before] = backups();
  expect((await tick()).warnings).toEqual([]);
  await user.untilGone('backups', before?.metadata.name ?? '');
  await user.untilGone('snapshots', before?.spec.snapshotName ?? '');
  expect(backups().map(({ status }) => status?.state)).toEqual(['Completed']);
  expect(recurring.current(job)?.status?.executionCount).toBe(2);
});

test('one whose old backup may not be deleted has made its own, and warns', async () => {
  const name = newest();
  await user.untilSettled(name, volume);
  const { inject, data } = deniedDeletion(local.cluster, {
    ...{ policy: 'deny', labels: {}, title: 'deletion denied', resource: longhorn('backups') },
    ...{ whose: `oldObject.metadata.name == '${name}'`, probe: { namespace, name } },
  });
  await inject();
  onTestFinished(async () => void (await allowDeletion.heal(local.cluster, data)));
  const { code, lines, warnings } = await tick();
  expect([code, backups().length]).toEqual([0, 2]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /Created backup successfully but errored on cleanup for job-v".* error="cleaned up backup \S+ failed for job-v: Bad response/,
    ),
  ]);
  expect(lines.join('')).toContain(
    "is forbidden: ValidatingAdmissionPolicy 'deny' with binding 'deny' denied request: deletion denied",
  );
});
