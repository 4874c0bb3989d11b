import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ExpectationError } from '../../../../e2e/history/expectation.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup, Snapshot, Volume } from '../../../../e2e/longhorn/types.ts';
import { timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import {
  causeOfBackup,
  causeOfSnapshot,
  causeOfVolume,
  errorLinesOf,
  sayingOf,
} from '../../../../e2e/suite/steps/volume/causes.ts';
import { attach } from '../../../../e2e/suite/steps/volume/volume.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const signal = new AbortController().signal;
const name = 'v1';
const line = String.raw`time="2026-11-22T07:28:17Z" level=error msg="Error running start replica command: exec: \"/x/longhorn\": stat /x/longhorn: no such file" volume=v1`;
const said = 'Error running start replica command: exec: "/x/longhorn": stat /x/longhorn: no such file';

/**
 * Answers to lists by `plural selector`, and the logs of pods by their names; what is not there is refused.
 */
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

const deps = (cluster: Cluster, status: NonNullable<Volume['status']>) => {
  const all = emptyTimelines();
  all.volumes.push(happens(name, { spec: { size: '1' }, status }));
  return { cluster, timelines: all, all };
};
type All = ReturnType<typeof emptyTimelines>;
const happens = <T extends object>(of: string, more: T) => ({
  kind: 'modified' as const,
  at: 2,
  object: { metadata: { name: of }, ...more },
});
const saysSnapshot = ({ snapshots }: All, status: NonNullable<Snapshot['status']>) =>
  snapshots.push(happens('s1', { spec: { volume: name, createSnapshot: true }, status }));
const saysBackup = ({ backups }: All, status: NonNullable<Backup['status']>) =>
  backups.push(happens('b1', { spec: { snapshotName: 's1' }, status }));

type Conditions = NonNullable<NonNullable<Volume['status']>['conditions']>;

const faulted = { state: 'detached', robustness: 'faulted', ownerID: 'node1' };
const replica = (of: string, more = {}) => ({
  metadata: { name: of },
  spec: { nodeID: 'node1', ...more },
  status: { currentState: 'stopped' },
});

const instanceManagers = 'pods longhorn.io/component=instance-manager';
const managers = 'pods app=longhorn-manager';
const pod = (of: string) => ({ metadata: { name: of } });

const whole = answering(
  {
    'engines longhornvolume=v1': [
      { ...replica('v1-e-0'), spec: { nodeID: 'node3', desireState: 'stopped' } },
    ],
    'replicas longhornvolume=v1': [
      replica('v1-r-1', { failedAt: '2026-11-22T07:28:17Z' }),
      {
        ...replica('v1-r-2'),
        status: {
          currentState: 'error',
          conditions: [{ type: 'InstanceCreation', status: 'False', message: 'no room' }],
        },
      },
      replica('v1-r-3'),
    ],
    [instanceManagers]: [pod('im-a'), pod('im-b'), pod('im-c')],
  },
  {
    'im-a': `other ${line.replaceAll('v1', 'v2')}\n${line}\ntime="..." level=info msg="fine" volume=v1\n`,
    'im-b': '',
  },
);

describe('why a volume does not come', () => {
  test('one line: its state, its failed replicas, and what their processes said last; then the details', async () => {
    const { line: first, details } = await causeOfVolume(deps(whole, faulted), name, signal);
    expect(first).toBe(`volume v1: it is detached, faulted; 2 of 3 replicas failed; ${said}`);
    expect(details).toEqual([
      'volume v1: it is detached, faulted, on no node, owned by node1',
      'engine v1-e-0 on node3: stopped (wanted: stopped)',
      'replica v1-r-1 on node1: stopped (wanted: nothing), failed at 2026-11-22T07:28:17Z',
      'replica v1-r-2 on node1: error (wanted: nothing), InstanceCreation False: no room',
      'replica v1-r-3 on node1: stopped (wanted: nothing)',
      `im-a: ${line}`,
    ]);
  });

  test('what keeps it from being scheduled, and the ticket that is not satisfied', async () => {
    const no = (type: string, rest: object) => ({ type, status: 'False', ...rest });
    const unscheduled = { reason: 'ReplicaSchedulingFailure', message: 'insufficient storage' };
    const conditions = [no('Scheduled', unscheduled)] as Conditions;
    const { all, ...rest } = deps(whole, { state: 'detached', robustness: 'unknown', conditions });
    const corral = { satisfied: false, conditions: [no('Satisfied', { message: 'not yet' })] as Conditions };
    all.attachments.push(happens(name, { spec: {}, status: { attachmentTicketStatuses: { corral } } }));
    const { line: first, details } = await causeOfVolume(rest, name, signal);
    expect(first).toContain('; Scheduled is False: ReplicaSchedulingFailure: insufficient storage; ');
    expect(details).toContain('ticket corral: not satisfied: not yet');
  });

  test('where no instance manager tells of it, the managers may', async () => {
    const lists = {
      'engines longhornvolume=v1': [],
      'replicas longhornvolume=v1': [],
      [instanceManagers]: [],
      [managers]: [pod('manager-a')],
    };
    const cluster = answering(lists, { 'manager-a': line });
    const { line: first, details } = await causeOfVolume(deps(cluster, faulted), name, signal);
    expect(first).toBe(`volume v1: it is detached, faulted; ${said}`);
    expect(details.at(-1)).toBe(`manager-a: ${line}`);
  });

  test('what cannot be read is told, and all else is', async () => {
    const { line: first, details } = await causeOfVolume(deps(answering({}), faulted), name, signal);
    expect(first).toBe('volume v1: it is detached, faulted');
    expect(details.slice(1)).toEqual([
      'not read: engines are forbidden',
      'not read: replicas are forbidden',
      'not read: pods are forbidden',
    ]);
  });
});

describe('why a snapshot or a backup does not come', () => {
  const volume = { name, node: 'node1', size: 1 };
  const snapshot = { name: 's1', volume };
  const backup = { ...handleOf('b1', 'the first backup', { volume }), snapshot };
  const healthy = { state: 'attached', robustness: 'healthy' };

  test('what it says itself comes first, then how its snapshot and its volume are', async () => {
    const { all, ...rest } = deps(whole, healthy);
    saysSnapshot(all, { error: 'lost' });
    expect(await causeOfSnapshot(rest, snapshot, signal)).toMatchObject({ line: 'snapshot s1: lost' });
    saysBackup(all, { state: 'Error', error: 'no lock' });
    const { line: first, details } = await causeOfBackup(rest, backup, signal);
    expect(first).toBe('backup b1: no lock');
    expect(details.slice(0, 3)).toEqual([
      'backup b1: no lock',
      'snapshot s1: lost',
      expect.stringMatching(/^volume v1: it is attached/),
    ]);
    expect(details).toContain('engine v1-e-0 on node3: stopped (wanted: stopped)');
  });

  test('what says nothing itself names what it stands on', async () => {
    const { all, ...rest } = deps(whole, healthy);
    expect((await causeOfSnapshot(rest, snapshot, signal)).line).toBe('snapshot s1 is not taken up');
    saysSnapshot(all, {});
    expect((await causeOfSnapshot(rest, snapshot, signal)).line).toMatch(
      /^volume v1: it is attached, healthy; 2 of 3/,
    );
    expect((await causeOfBackup(rest, backup, signal)).line).toBe('backup b1 is not there');
    saysBackup(all, { state: 'InProgress' });
    expect((await causeOfBackup(rest, backup, signal)).line).toMatch(
      /^backup b1: InProgress.*; volume v1: it is attached/,
    );
  });
});

describe('what a log says', () => {
  test.each([
    [line, said],
    ['2026-11-22T07:28:17.5Z time="x" level=error msg="failed" error="no such host"', 'failed: no such host'],
    ['2026-11-22T07:28:17.5Z panic: runtime error', 'panic: runtime error'],
  ])('%s', (whole, expected) => expect(sayingOf(whole)).toBe(expected));

  test('errors of that volume alone, the last six', () => {
    const lines = Array.from({ length: 9 }, (_, index) => `level=error msg="${index}" volume=v1`);
    const log = ['level=warning msg=x volume=v1', 'level=error msg=x volume=other', ...lines].join('\n');
    expect(errorLinesOf(log, 'v1')).toEqual(lines.slice(3));
  });
});

describe('attaching a volume', () => {
  const attaching = async (...states: [state: string, robustness: string][]) => {
    const { all, cluster } = deps(whole, { state: 'detached', robustness: 'unknown' });
    const attachment = (status?: object) =>
      all.attachments.push(happens(name, { spec: {}, ...(status && { status }) }));
    const push = (state: string, robustness: string) =>
      all.volumes.push(happens(name, { spec: { size: '1' }, status: { state, robustness } }));
    attachment();
    const using = { cluster, timelines: all, timeouts: timeoutsOn(longhornClocks) };
    const attached = attach(using, { name, node: 'node3' }).catch((error: ExpectationError) => error);
    for (const state of states) {
      // So that the wait meets each of them, and not only the last.
      await setImmediate();
      push(...state);
    }
    const satisfy = () => attachment({ attachmentTicketStatuses: { corral: { satisfied: true } } });
    return { attached, push, satisfy };
  };

  test('ends at once when all its replicas have failed, and names the cause first', async () => {
    const { attached } = await attaching(['attaching', 'unknown'], ['attaching', 'faulted']);
    const error = (await attached) as ExpectationError;
    expect(error.verdict.state).toBe('broken');
    expect(error.message.split('\n')[0]).toBe(
      `volume v1 is faulted, all its replicas have failed: no waiting leads to it that volume v1 is attached to node3; nearest cause: volume v1: it is attaching, faulted; 2 of 3 replicas failed; ${said}`,
    );
  });

  test('goes on where it was healthy before, as Longhorn may salvage it', async () => {
    const { attached, push, satisfy } = await attaching(
      ['attached', 'healthy'],
      ['detached', 'faulted'],
      ['attaching', 'unknown'],
    );
    satisfy();
    push('attached', 'healthy');
    expect(await attached).toBeUndefined();
  });
});
