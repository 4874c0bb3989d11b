import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { ExpectationError } from '../../../../e2e/history/expectation.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import type { Backup, Snapshot, Volume } from '../../../../e2e/longhorn/types.ts';
import * as causes from '../../../../e2e/suite/steps/volume/causes.ts';
import { attach, untilDetached } from '../../../../e2e/suite/steps/volume/volume.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const { signal } = new AbortController();
const name = 'v1';
const line = String.raw`time="2026-11-22T07:28:17Z" level=error msg="Error running start replica command: exec: \"/x/longhorn\": stat /x/longhorn: no such file" volume=v1`;
const said = 'Error running start replica command: exec: "/x/longhorn": stat /x/longhorn: no such file';

/** Answers to lists by `plural selector`, and the logs of pods by their names; what is not there is refused. */
const answering = (lists: Record<string, object[]>, logs: Record<string, string> = {}): Cluster =>
  stubCluster({
    list: async ({ plural }, { labelSelector = '' } = {}) => {
      const items = lists[`${plural} ${labelSelector}`];
      if (items === undefined) throw new Error(`${plural} are forbidden`);
      return { items: items as never[], resourceVersion: '1' };
    },
    logs: async (pod) => logs[pod.name] ?? Promise.reject(new Error('it has no log')),
    patch: async () => ({}) as never,
  });

type Status<T extends { status?: unknown }> = NonNullable<T['status']>;
const happens = <T extends object>(of: string, more: T) => ({
  ...{ kind: 'modified' as const, at: 2 },
  object: { metadata: { name: of }, ...more },
});
const faulted = { state: 'detached', robustness: 'faulted', ownerID: 'node1' };
const healthy = { state: 'attached', robustness: 'healthy' };

/** A volume in a state, on a cluster; what else is said of it. */
const open = (cluster: Cluster, first: Status<Volume>) => {
  const { context } = createTestContext({ cluster, timelines: emptyTimelines() });
  const { volumes, attachments, snapshots, backups } = context.timelines as ReturnType<typeof emptyTimelines>;
  const setStatus = (status: Status<Volume>) => volumes.push(happens(name, { spec: { size: '1' }, status }));
  setStatus(first);
  return {
    ...{ context, setStatus, cause: () => causes.causeOfVolume(context, name, signal) },
    ticket: (corral: object) =>
      attachments.push(happens(name, { spec: {}, status: { attachmentTicketStatuses: { corral } } })),
    snapshot: (status: Status<Snapshot>) =>
      snapshots.push(happens('s1', { spec: { volume: name, createSnapshot: true }, status })),
    backup: (status: Status<Backup>) => backups.push(happens('b1', { spec: { snapshotName: 's1' }, status })),
  };
};

const part = (of: string, spec: object = {}, status: object = {}) => ({
  ...{ metadata: { name: of }, spec: { nodeID: 'node1', ...spec } },
  status: { currentState: 'stopped', ...status },
});
const [engines, replicas] = ['engines longhornvolume=v1', 'replicas longhornvolume=v1'];
const instanceManagers = 'pods longhorn.io/component=instance-manager';
const noRoom = [{ type: 'InstanceCreation', status: 'False', message: 'no room' }];
const whole = answering(
  {
    [engines]: [part('v1-e-0', { nodeID: 'node3', desireState: 'stopped' })],
    [replicas]: [
      part('v1-r-1', { failedAt: '2026-11-22T07:28:17Z' }),
      part('v1-r-2', {}, { currentState: 'error', conditions: noRoom }),
      part('v1-r-3'),
    ],
    [instanceManagers]: ['im-a', 'im-b', 'im-c'].map((each) => part(each)),
  },
  { 'im-a': `other ${line.replaceAll('v1', 'v2')}\n${line}\nlevel=info msg="fine" volume=v1\n`, 'im-b': '' },
);

test('why a volume does not come is one line: its state, its failed replicas, and what their processes said last; then the details', async () => {
  expect(await open(whole, faulted).cause()).toEqual({
    line: `volume v1: it is detached, faulted; 2 of 3 replicas failed; ${said}`,
    details: [
      'volume v1: it is detached, faulted, on no node, owned by node1',
      'engine v1-e-0 on node3: stopped (wanted: stopped)',
      'replica v1-r-1 on node1: stopped (wanted: nothing), failed at 2026-11-22T07:28:17Z',
      'replica v1-r-2 on node1: error (wanted: nothing), InstanceCreation False: no room',
      'replica v1-r-3 on node1: stopped (wanted: nothing)',
      `im-a: ${line}`,
    ],
  });
  const no = { status: 'False', message: 'insufficient storage' };
  const conditions = [{ ...no, type: 'Scheduled', reason: 'ReplicaSchedulingFailure' }];
  const { ticket, cause } = open(whole, { ...faulted, conditions });
  ticket({ satisfied: false, conditions: [{ type: 'Satisfied', status: 'False', message: 'not yet' }] });
  const unscheduled = await cause();
  expect(unscheduled.line).toContain(
    '; Scheduled is False: ReplicaSchedulingFailure: insufficient storage; ',
  );
  expect(unscheduled.details).toContain('ticket corral: not satisfied: not yet');
});

test('where no instance manager reports it, the managers may; what cannot be read is reported, and all else is', async () => {
  const managers = { 'pods app=longhorn-manager': [part('manager-a')] };
  const silent = { [engines]: [], [replicas]: [], [instanceManagers]: [], ...managers };
  const found = await open(answering(silent, { 'manager-a': line }), faulted).cause();
  expect(found.line).toBe(`volume v1: it is detached, faulted; ${said}`);
  expect(found.details.at(-1)).toBe(`manager-a: ${line}`);
  const unread = await open(answering({}), faulted).cause();
  expect(unread.line).toBe('volume v1: it is detached, faulted');
  expect(unread.details.slice(1)).toEqual(
    ['engines', 'replicas', 'pods'].map((each) => `not read: ${each} are forbidden`),
  );
});

test('why a snapshot or a backup does not come: what it says itself, or else what it stands on', async () => {
  const volume = { name, target: aTarget, node: 'node1', size: 1 };
  const of = { name: 's1', volume };
  const { context, snapshot, backup } = open(whole, healthy);
  const ofSnapshot = async () => (await causes.causeOfSnapshot(context, of, signal)).line;
  const backed = { ...handleOf('b1', 'the first backup', { volume }), snapshot: of };
  const ofBackup = () => causes.causeOfBackup(context, backed, signal);
  expect(await ofSnapshot()).toBe('snapshot s1 is not taken up');
  snapshot({});
  expect(await ofSnapshot()).toMatch(/^volume v1: it is attached, healthy; 2 of 3/);
  expect((await ofBackup()).line).toBe('backup b1 is not there');
  backup({ state: 'InProgress' });
  expect((await ofBackup()).line).toMatch(/^backup b1: InProgress.*; volume v1: it is attached/);
  snapshot({ error: 'lost' });
  expect(await ofSnapshot()).toBe('snapshot s1: lost');
  backup({ state: 'Error', error: 'no lock' });
  const { line: first, details } = await ofBackup();
  expect([first, ...details.slice(0, 2)]).toEqual([
    ...['backup b1: no lock', 'backup b1: no lock', 'snapshot s1: lost'],
  ]);
  expect(details).toContain('engine v1-e-0 on node3: stopped (wanted: stopped)');
});

test('a log says what stands in its message and its error; its last six errors of that volume alone count', () => {
  expect(causes.messageOfLine(line)).toBe(said);
  const failed = '2026-11-22T07:28:17.5Z time="x" level=error msg="failed" error="no such host"';
  expect(causes.messageOfLine(failed)).toBe('failed: no such host');
  expect(causes.messageOfLine('2026-11-22T07:28:17.5Z panic: runtime error')).toBe('panic: runtime error');
  const lines = Array.from({ length: 9 }, (_, index) => `level=error msg="${index}" volume=v1`);
  const log = ['level=warning msg=x volume=v1', 'level=error msg=x volume=other', ...lines].join('\n');
  expect(causes.errorLinesOf(log, 'v1')).toEqual(lines.slice(3));
});

// Longhorn may salvage one that was healthy before.
test.each([
  ['ends at once when all its replicas have failed', 'attaching unknown, attaching faulted'],
  ['goes on where it was healthy', 'attached healthy, detached faulted, attaching unknown'],
])('attaching a volume %s', async (_, states) => {
  const { context, setStatus, ticket } = open(whole, { state: 'detached', robustness: 'unknown' });
  ticket({ satisfied: false });
  const attached = attach(context, { name, node: 'node3' }).catch((error: ExpectationError) => error);
  for (const each of states.split(', ')) {
    // So that the wait meets each of them, and not only the last.
    await setImmediate();
    const [state = '', robustness = ''] = each.split(' ');
    setStatus({ state, robustness });
  }
  if (states.includes('healthy')) {
    ticket({ satisfied: true });
    setStatus(healthy);
    return expect(await attached).toBeUndefined();
  }
  const { verdict } = (await attached) as ExpectationError;
  expect(verdict).toMatchObject({
    state: 'broken',
    reason: expect.stringContaining('volume v1 is attached to node3'),
    cause: { line: `volume v1: it is attaching, faulted; 2 of 3 replicas failed; ${said}` },
  });
});

test('a volume that is being detached is waited for as long as its engine and replicas stop, of which it shows nothing; then they are named', async () => {
  vi.useFakeTimers();
  const states = { engine: 'running', replica: 'running' };
  const cluster = stubCluster({
    list: async ({ plural }) => {
      const [kind, id] =
        plural === 'engines' ? (['engine', 'v1-e-0'] as const) : (['replica', 'v1-r-1'] as const);
      return { items: [part(id, {}, { currentState: states[kind] })] as never[], resourceVersion: '1' };
    },
  });
  const { context, setStatus } = open(cluster, { state: 'detaching' });
  let ended = 'no';
  const wait = untilDetached(context, name).then(
    () => {
      ended = 'detached';
    },
    ({ verdict }: ExpectationError) => {
      ended = verdict.reason;
    },
  );
  await vi.advanceTimersByTimeAsync(100_000);
  states.engine = 'stopped';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toBe('no');
  setStatus({ state: 'detached' });
  await wait;
  expect(ended).toBe('detached');
  setStatus({ state: 'detaching' });
  const late = untilDetached(context, name).catch(({ verdict }: ExpectationError) => verdict);
  await vi.advanceTimersByTimeAsync(100_000);
  states.replica = 'stopped';
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await late).toMatchObject({
    reason: expect.stringMatching(
      /^timed out after 3 min, the last 1 min without a change \(.*\); the last change came after 2 min: the engine and the replicas of volume v1, engine v1-e-0 /,
    ),
    cause: { line: expect.stringContaining('volume v1: it is detaching') },
    over: {
      waited: 180_000,
      lastChange: { state: expect.stringContaining('replica v1-r-1 on node1: stopped') },
    },
  });
});
