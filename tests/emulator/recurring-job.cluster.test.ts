import { randomInt } from 'node:crypto';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { allowDeletion, deniedDeletion } from '../../e2e/faults/denied-deletion.ts';
import { once, onceGone } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow } from '../../e2e/history/watch.ts';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { clocks } from '../../emulator/clocks.ts';
import type { Client } from '../../emulator/kubernetes/client.ts';
import { createLog } from '../../emulator/log.ts';
import type { RecurringJob } from '../../emulator/longhorn/objects.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { runRecurringJob } from '../../emulator/recurring-job/run.ts';
import { longhorn, type SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const limit = { within: '5m', owner: 'this test' } as const;
const cronJobs = { group: 'batch', version: 'v1', plural: 'cronjobs' };
const [job, volume] = ['rj', 'job-v'];

type CronJob = KubernetesObject & { spec: { schedule: string; successfulJobsHistoryLimit: number } };

let local: SharedLonghorn;
let user: User;
let recurring: Timeline<RecurringJob & KubernetesObject>;
let crons: Timeline<CronJob>;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
  recurring = await follow<RecurringJob & KubernetesObject>(local.cluster, longhorn('recurringjobs'), {
    namespace,
  });
  crons = await follow<CronJob>(local.cluster, cronJobs, { namespace });
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte });
  await local.cluster.patch(
    longhorn('volumes'),
    { namespace, name: volume },
    { metadata: { labels: { [`recurring-job.longhorn.io/${job}`]: 'enabled' } } },
  );
  await local.cluster.create(longhorn('recurringjobs'), {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'RecurringJob',
    metadata: { name: job, namespace },
    spec: { name: job, task: 'backup', cron: '*/3 * * * *', retain: 1, concurrency: 1 },
  });
});
afterAll(async () => {
  await recurring?.stop();
  await crons?.stop();
});

const kubernetes: Client = {
  request: async (method, path, body, contentType = 'application/json') => {
    const init = {
      method,
      headers: { 'content-type': contentType },
      ...(body && { body: JSON.stringify(body) }),
    };
    const response = await local.cluster.request(path, init);
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as never;
  },
  lines: () => {
    throw new Error('a job watches nothing');
  },
};

/** What the pod of one run does, with the manager of any node behind the service's name. */
const tick = async (): Promise<{ code: number; lines: string[] }> => {
  const lines: string[] = [];
  await user.write('node1', volume, { offset: randomInt(8) * mebibyte, size: mebibyte });
  const managerURL = `http://${local.address(`node${randomInt(1, 4)}`)}:9500/v1`;
  const log = createLog((line) => lines.push(line));
  const code = await runRecurringJob({
    name: job,
    managerURL,
    kubernetes,
    log,
    clock: { ...clocks.fast, jobPoll: 200 },
    mutant: undefined,
  });
  return { code, lines };
};

const backups = () =>
  user.timelines.backups.objects().filter(({ spec }) => spec.labels?.RecurringJob === job);
const newest = () =>
  backups()
    .toSorted(
      (a, b) =>
        Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? ''),
    )
    .at(-1);
const warnings = (lines: string[]) => lines.filter((line) => line.includes('level=warning'));
const goneOf = (name: string) => ({ name, label: `${name} is gone`, ...limit });

describe('the CronJob of a recurring job', () => {
  test('is made for it, by a manager that then owns it', async () => {
    const { spec } = await once(crons, () => true, { name: job, label: 'there is a CronJob', ...limit });
    expect(spec).toMatchObject({ schedule: '*/3 * * * *', successfulJobsHistoryLimit: 1 });
    const owned = await once(recurring, ({ status }) => !!status?.ownerID, {
      name: job,
      label: 'it has an owner',
      ...limit,
    });
    expect(local.nodes).toContain(owned.status?.ownerID);
  });

  test("follows the job's cron line, and the settings with the next resync", async () => {
    await local.cluster.patch(
      longhorn('settings'),
      { namespace, name: 'recurring-successful-jobs-history-limit' },
      { value: '10' },
    );
    await local.cluster.patch(
      longhorn('recurringjobs'),
      { namespace, name: job },
      { spec: { cron: '* * * * *' } },
    );
    const follows = ({ spec }: CronJob) =>
      spec.schedule === '* * * * *' && spec.successfulJobsHistoryLimit === 10;
    await once(crons, follows, { name: job, label: 'it has both', ...limit });
  });
});

describe('the runs of a recurring job', () => {
  test('the first warns that there is nothing to clean up yet, or finds nothing to', async () => {
    const { code, lines } = await tick();
    expect(code).toBe(0);
    expect(backups()).toHaveLength(1);
    expect(warnings(lines).filter((line) => !line.includes('Action [backupList] not available on'))).toEqual(
      [],
    );
    expect(recurring.current(job)?.status?.executionCount).toBe(1);
    await user.untilSettled(newest()?.metadata.name ?? '', volume);
  });

  test('the next cleans up the backup and the snapshot before', async () => {
    const [before] = backups();
    const { lines } = await tick();
    expect(warnings(lines)).toEqual([]);
    await onceGone(user.timelines.backups, goneOf(before?.metadata.name ?? ''));
    await onceGone(user.timelines.snapshots, goneOf(before?.spec.snapshotName ?? ''));
    expect(backups().map(({ status }) => status?.state)).toEqual(['Completed']);
    expect(recurring.current(job)?.status?.executionCount).toBe(2);
  });

  test('one whose old backup may not be deleted has made its own, and warns', async () => {
    await user.untilSettled(newest()?.metadata.name ?? '', volume);
    const name = newest()?.metadata.name ?? '';
    const whose = `oldObject.metadata.name == '${name}'`;
    const what = {
      policy: 'deny',
      labels: {},
      resource: longhorn('backups'),
      whose,
      probe: { namespace, name },
      title: 'deletion denied',
    };
    await deniedDeletion(local.cluster, what).inject();
    onTestFinished(async () => void (await allowDeletion.heal(local.cluster, what)));
    const { code, lines } = await tick();
    expect(code).toBe(0);
    expect(warnings(lines)).toEqual([
      expect.stringMatching(
        /Created backup successfully but errored on cleanup for job-v".* error="cleaned up backup \S+ failed for job-v: Bad response/,
      ),
    ]);
    expect(lines.join('')).toContain(
      "is forbidden: ValidatingAdmissionPolicy 'deny' with binding 'deny' denied request: deletion denied",
    );
    expect(backups()).toHaveLength(2);
  });
});
