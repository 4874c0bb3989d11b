import { expect, test } from 'vitest';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import type { Backup, Volume } from '../../../../e2e/longhorn/types.ts';
import { judgeEnd } from '../../../../e2e/suite/run/judge-end.ts';
import * as conclusions from '../../../../e2e/suite/steps/conclude/conclude.ts';
import { nothingCreated, scenarioAnnotation } from '../../../../e2e/suite/steps/created-objects.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const url = (backup: string, volume: string): string =>
  `nfs://store:/opt/backupstore?backup=${backup}&volume=${volume}`;
const begins = (backup: string, volume: string): string =>
  `time="2026-11-22T08:36:13Z" level=info msg="Start deleting backup ${url(backup, volume)}" func=f file="backups.go:302"`;
const panics = (length = 1): string =>
  [
    'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]',
    '',
    'goroutine 9 [running]:',
    `github.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0, {0xc0, 0x${length.toString(16)}}, {0x2d, 0x5})`,
    '\t/app/controller/backup_controller.go:1164 +0xcd',
  ].join('\n');
const panicOver = (backup: string, volume: string): string =>
  `${begins(backup, volume)}\n${panics(url(backup, volume).length)}`;

const own = 'corral-abc123-volume-mine';
const mine = panicOver('mine', own);
const others = panicOver('gone', 'corral-abc123-volume-other');

const pod = (restartCount: number, uid = 'u1'): Pod => {
  const lastState = { terminated: { exitCode: 2, reason: 'Error' } };
  const containerStatuses = [{ name: 'longhorn-manager', restartCount, lastState }];
  return {
    ...{ metadata: { name: `longhorn-manager-${uid}`, uid }, spec: { nodeName: 'node1' } },
    status: { containerStatuses },
  };
};
const again =
  'container longhorn-manager of longhorn-manager-u1 on node1 was started again (its last end: exit code 2, Error)';

type World = {
  /** What becomes of the managers' pods, by their restarts: `added 0, modified 1`, with a UID behind it. */
  events?: string;
  /** The log before the restart; without, none can be read. */
  log?: string;
  exclusive?: 'longhorn-managers'[];
  /** Backups that are there when the manager ends. */
  present?: string[];
  /** Whether the scenario has written a backup over which v1.12 panics. */
  wrote?: boolean;
  version?: string;
};
const restarted = 'added 0, modified 1, modified 1';

const worldOf = (world: World) => {
  const { events = restarted, log, exclusive = [], present = [], wrote = false, version = 'v1.10.2' } = world;
  const written = [{ volume: 'v', backup: 'b', endsManagers: wrote }];
  const timelines = emptyTimelines();
  for (const name of ['mine', 'gone', ...present]) {
    const kind = present.includes(name) ? 'added' : 'deleted';
    timelines.backups.push({ kind, at: 0, object: { metadata: { name } } as Backup });
  }
  for (const [, kind, restarts, uid] of events.matchAll(/(\w+) (\d)(?: (\w+))?/g))
    timelines.managers.push({ kind: kind as 'added', at: 0, object: pod(Number(restarts), uid) });
  const annotations = { [scenarioAnnotation]: 'A deletion' };
  const object = { metadata: { name: 'corral-abc123-volume-named', annotations } } as unknown as Volume;
  timelines.volumes.push({ kind: 'added', at: 0, object });
  const logs: Cluster['logs'] = async (_, { previous } = {}) => {
    if (log === undefined || previous !== true) throw new Error('previous terminated container not found');
    return log;
  };
  return createTestContext({
    ...{ version, made: { ...nothingCreated(), volumes: [own], written }, exclusive: new Set(exclusive) },
    ...{ timelines, cluster: stubCluster({ logs }) },
  });
};

const sentence = 'Then no longhorn-manager was started again meanwhile';
const inTime = { interrupted: false, doing: undefined, outage: undefined };
const conclude = async (world: World) => {
  const { context, printed } = worldOf(world);
  const error: unknown = await conclusions.conclude(context).catch((thrown: unknown) => thrown);
  const { state, reason } = judgeEnd(error, inTime);
  return { printed, state, reason };
};
const byOthers =
  /^a longhorn-manager ended over what somebody else did, so this is no verdict on Longhorn:\n- .+; over/;
const byNobody = /^a longhorn-manager ended, which this scenario did not bring about:\n/;
const exclusive: World['exclusive'] = ['longhorn-managers'];

test.each<[string, World, string, RegExp | null]>([
  ['lives on', { events: 'added 3, modified 3' }, 'passed', null],
  ['is another one with other restarts', { events: 'added 0, added 2 u2' }, 'passed', null],
  ['is deleted', { events: 'added 0, deleted 0' }, 'failed', /\n- longhorn-manager-u1 on node1 went\n/],
  ['panicked over its own', { log: mine, exclusive }, 'failed', /the removal of backup mine, which is this/],
  ['panicked over another beside what it had alone', { log: others, exclusive }, 'passed', null],
  ['shows nothing', { log: panics() }, 'failed', /dereference .+; its log does not say over what$/m],
  ['ended by no panic', { log: 'level=info msg=end' }, 'failed', /\(its last end: exit code 2, Error\)$/m],
  ['left no log', {}, 'failed', /what it said before cannot be read: previous terminated container not/m],
])('a scenario one of whose managers %s', async (_, world, state, reason) => {
  const ended = await conclude(world);
  expect(ended.state).toBe(state);
  if (reason === null)
    return expect(ended.printed.slice(2)).toEqual(world.exclusive ? [] : [`${sentence} ...`, sentence]);
  expect(ended.reason).toMatch(reason);
  if (world.exclusive === undefined) expect(ended.reason).toMatch(byNobody);
});

test('the panic over its backup is reported with its frames and its row', async () => {
  const { reason } = await conclude({ log: mine });
  const known =
    'longhorn-manager v1.10.2 ended by a panic that is known as manager-panics-in-deletion (longhorn/longhorn#13245; ';
  expect(reason).toContain(`a longhorn-manager ended over what this scenario did:\n- ${again}: ${known}`);
  expect(reason).toContain(
    'at controller.(*BackupController).setInprogressDeletionMap (backup_controller.go:1164); over',
  );
});

test.each([
  ['corral-abc123-volume-named', 'of the scenario "A deletion"'],
  ['corral-abc123-volume-other', 'of volume corral-abc123-volume-other, of another scenario of this run'],
  ['pvc-1', 'of volume pvc-1, which nobody of this run made'],
])('a scenario beside it is not provable, and names whose %s is', async (volume, whose) => {
  const { state, reason } = await conclude({ log: panicOver('gone', volume) });
  expect([state, reason]).toEqual(['not-provable', expect.stringMatching(byOthers)]);
  expect(reason).toMatch(new RegExp(`over the removal of backup gone ${whose}$`));
});

test.each([
  [true, 'failed', /ended over what this scenario did:\n.+as manager-panics-on-found-backup/],
  [false, 'not-provable', /which nobody of this scenario made$/],
] as const)(
  'a panic over a backup without labels, where it has written one: %s',
  async (wrote, state, reason) => {
    const frame =
      'github.com/longhorn/longhorn-manager/controller.(*BackupController).reconcile(0xc0, {0xc0, 0x17})';
    const log = `panic: assignment to entry in nil map\n\n${frame}\n\t/app/controller/backup_controller.go:517 +0x1d0c`;
    const ended = await conclude({ log, wrote, version: 'v1.12.1' });
    expect(ended).toMatchObject({ state, reason: expect.stringMatching(reason) });
  },
);

test('a removal whose backup was still there is not what a process panicked over', async () => {
  const { state, reason } = await conclude({ log: `${begins('here', own)}\n${others}`, present: ['here'] });
  expect([state, reason]).toEqual(['not-provable', expect.not.stringContaining('backup here')]);
});

test("a failure of a scenario's own steps beside another's panic is not provable, and one without is a failure", async () => {
  const failed = new Error('no backup came');
  const reclassified = await conclusions.reclassify(
    worldOf({ log: panicOver('gone', 'pvc-1') }).context,
    failed,
  );
  const { state, reason } = judgeEnd(reclassified, inTime);
  expect(state).toBe('not-provable');
  expect(reason).toMatch(/over the removal of backup gone of volume pvc-1[\s\S]+because of no backup came/);
  for (const world of [{ events: '' }, {}, { log: mine }, { log: others, exclusive }])
    expect(await conclusions.reclassify(worldOf(world).context, failed)).toBe(failed);
});

test('what failed while a fault had ended by its own bound is a lost premise', async () => {
  const failed = new Error('the second backup went on');
  const { context } = worldOf({});
  const faults = { ...context.faults, expired: () => ['the deletion was held for 120 s'] };
  const reclassified = await conclusions.reclassify({ ...context, faults }, failed);
  expect(reclassified).toBeInstanceOf(InconclusiveError);
  expect((reclassified as Error).message).toMatch(/^the deletion was held for 120 s; /);
  expect((reclassified as Error).cause).toBe(failed);
});

const begun = Date.parse('2026-11-30T23:00:00Z');
const enginePod = (restartCount: number, startedAt?: string) => ({
  metadata: { name: `engine-image-${restartCount}`, labels: { 'longhorn.io/component': 'engine-image' } },
  spec: { nodeName: 'node2' },
  status: {
    containerStatuses: [{ restartCount, state: startedAt === undefined ? {} : { running: { startedAt } } }],
  },
});

// As of v1.10.2 on a machine with a load of 20: the kubelet ends the pod after three probes of 4 s.
test.each<[string, ReturnType<typeof enginePod>, 'nodes'[], boolean]>([
  ['started again meanwhile', enginePod(1, '2026-11-30T23:20:56Z'), [], true],
  ['that ended and does not run yet', enginePod(3), [], true],
  ['started again before', enginePod(1, '2026-11-30T22:59:00Z'), [], false],
  ['that is new', enginePod(0, '2026-11-30T23:20:56Z'), [], false],
  ['started again by a scenario that stops nodes', enginePod(1, '2026-11-30T23:20:56Z'), ['nodes'], false],
])('a failure beside a pod of an engine image %s', async (_, engine, exclusive, isLost) => {
  const failed = new Error('the target was not available');
  const timelines = emptyTimelines();
  timelines.managers.push({ kind: 'added', at: begun, object: pod(0) });
  const { context } = createTestContext({
    ...{ timelines, exclusive: new Set(exclusive), cluster: stubCluster({ objects: { pods: [engine] } }) },
  });
  const error = await conclusions.reclassify(context, failed);
  if (!isLost) return expect(error).toBe(failed);
  expect(error).toBeInstanceOf(InconclusiveError);
  expect((error as Error).message).toContain(`${engine.metadata.name} on node2`);
});
