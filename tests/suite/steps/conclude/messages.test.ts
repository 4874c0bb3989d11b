import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/objects.ts';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Backup, BackupTarget, Snapshot } from '../../../../e2e/longhorn/types.ts';
import { judgeMessages, summarizeMessages } from '../../../../e2e/suite/steps/conclude/messages.ts';
import type { ExpectedMessage } from '../../../../e2e/suite/steps/context.ts';
import { type Mutation, ofBackup, replay, speaking, withStatus } from '../recordings.ts';

const folder = fileURLToPath(new URL('../../../../fixtures/recordings/', import.meta.url));

const judge = async (name: string, expected: ExpectedMessage[] = [], mutate?: Mutation) => {
  const timelines = speaking(await replay(name, mutate));
  const volumes = timelines.backups.entries.flatMap((entry) =>
    entry.kind === 'gap' ? [] : [entry.object.metadata.labels?.['backup-volume'] ?? ''],
  );
  const version = `v${/longhorn-v([\d.]+)\//.exec(name)?.[1]}`;
  const { met, problems } = judgeMessages(timelines, { volumes, expected, version, target: 'default' });
  const told = met.map(
    ({ of, state, classification }) =>
      `${of} ${state}: ${classification.class === 'unclassified' ? 'unclassified' : classification.id}`,
  );
  return { met, problems, told };
};

const denied = (...names: string[]): ExpectedMessage[] => names.map((of) => ({ id: 'deletion-denied', of }));

/**
 * What was said in each recording of a real Longhorn, in order, and what a scenario that did the same would
 * have declared.
 */
const recorded: Record<string, { expected?: ExpectedMessage[]; told: string[] }> = {
  'longhorn-v1.12.1/normal': { told: ['zn-b2 Pending: waits-for-deletion'] },
  'longhorn-v1.12.1/held': { told: ['ho-b2 Pending: waits-for-deletion'] },
  'longhorn-v1.12.1/delete-error': {
    expected: denied('ze-b1'),
    told: ['ze-b1 Error: deletion-denied', 'ze-b1 Error: deletion-denied'],
  },
  'longhorn-v1.12.1/controller-crash': {
    expected: [...denied('zc-b1'), { id: 'deletion-forgotten', of: 'zc-b1' }],
    told: ['zc-b1 Error: deletion-forgotten', 'zc-b1 Error: deletion-denied'],
  },
  'longhorn-v1.12.1/held-crash': {
    expected: [{ id: 'deletion-forgotten', of: 'ho-b3' }],
    told: ['ho-b3 Error: deletion-forgotten'],
  },
  'longhorn-v1.12.1/lock-conflict': { told: ['zl-b1 Error: deletion-lost-lock'] },
  'longhorn-v1.12.1/recurring-job': { told: [] },
  'longhorn-v1.8.2/normal': {
    told: ['zn-b2 Pending: waits-for-deletion', 'zn-b2 InProgress: waits-for-deletion'],
  },
  'longhorn-v1.8.2/delete-error': {
    expected: denied('ze-b1'),
    told: ['ze-b1 Error: deletion-denied', 'ze-b1 Error: deletion-denied'],
  },
  'longhorn-v1.8.2/delete-error-same-time': {
    expected: denied('sa-b1'),
    told: [
      'sa-b2 Pending: waits-for-deletion',
      'sa-b2 InProgress: waits-for-deletion',
      'sa-b1 Error: deletion-denied',
      'sa-b1 Error: deletion-denied',
    ].toSorted(),
  },
  'longhorn-v1.8.2/wrapped-engine': {
    expected: [{ id: 'deletion-stubbed', of: 'sa-b3' }],
    told: ['sa-b3 Error: deletion-stubbed'],
  },
};

const faulty = 'longhorn-v1.12.1/recurring-job-faulty-cleanup';

describe('what a real Longhorn said', () => {
  test('is written down here for every recording', () => {
    const files = globSync('longhorn-*/*.ndjson', { cwd: folder }).map((file) => file.replace('.ndjson', ''));
    expect(files.toSorted()).toEqual([...Object.keys(recorded), faulty].toSorted());
  });

  test.for(Object.entries(recorded))('%s', async ([name, { expected, told }]) => {
    const judged = await judge(name, expected);
    expect(judged.told.toSorted()).toEqual(told.toSorted());
    expect(judged.problems).toEqual([]);
  });

  test('of faulty cleanups: the backups whose configs were immutable, and those that waited for a deletion', async () => {
    const immutable = ['0285424225f44daa', '0ffeefbc577a4a98', '9b12114ac0f84523', 'f9a2a62d6f884cf8'].map(
      (each) => `backup-${each}`,
    );
    const { told, problems } = await judge(faulty, denied(...immutable));
    expect([...new Set(told.map((line) => line.replace(/^\S+ /, '')))].sort()).toEqual([
      'Error: deletion-denied',
      'Pending: waits-for-deletion',
    ]);
    expect(problems).toEqual([]);
  });
});

const said = (name: string, state: string, status: Backup['status']): Mutation =>
  ofBackup(name, (backup) => (backup.status?.state === state ? withStatus(backup, status) : backup));

describe('what has no place in a scenario', () => {
  test('a text that nobody knows, with where it was said', async () => {
    const { problems } = await judge(
      'longhorn-v1.12.1/normal',
      [],
      said('zn-b2', 'Pending', { messages: { info: 'Please hold the line' } }),
    );
    expect(problems).toEqual([
      expect.stringMatching(
        /^nobody knows this message \(unclassified\): Backup zn-b2 \(Pending\), status\.messages\.info, at 1970-01-01T00:\d\d:[\d.]+Z: "Please hold the line"$/,
      ),
    ]);
  });

  test('a failure that was not brought about, with what it means', async () => {
    const { problems } = await judge('longhorn-v1.12.1/delete-error');
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(
      /^deletion-denied \(failure\) was not expected: Backup ze-b1 \(Error\), .*The backup store refused the removal/,
    );
    expect(problems[0]?.length).toBeLessThan(1300);
  });

  test('one that was brought about on another backup, or another failure', async () => {
    expect((await judge('longhorn-v1.12.1/delete-error', denied('ze-b2'))).problems).toHaveLength(2);
    expect(
      (await judge('longhorn-v1.12.1/delete-error', [{ id: 'deletion-stubbed', of: 'ze-b1' }])).problems,
    ).toHaveLength(2);
  });

  test('a forgotten deletion where no manager was restarted', async () => {
    const { problems } = await judge('longhorn-v1.12.1/held-crash');
    expect(problems).toEqual([
      expect.stringMatching(
        /^deletion-forgotten \(informational\) is only in order where the longhorn-manager .* was restarted/,
      ),
    ]);
  });

  test('a backup that lost the lock for good, though the text is that of a deletion that tries again', async () => {
    const error =
      'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';
    const { problems } = await judge(
      'longhorn-v1.12.1/lock-conflict',
      [],
      said('zl-b2', 'Completed', { state: 'Error', error }),
    );
    expect(problems).toEqual([expect.stringMatching(/^creation-lost-lock \(failure\) was not expected/)]);
  });

  test('a message that should go by itself and is still there', async () => {
    const { problems } = await judge('longhorn-v1.12.1/lock-conflict', [], (line) =>
      'object' in line && line.at > 60 ? undefined : line,
    );
    expect(problems).toEqual([expect.stringMatching(/^deletion-lost-lock \(informational\) never went/)]);
  });
});

describe('whose messages are judged', () => {
  const unavailable = (name: string, message: string): BackupTarget => ({
    metadata: { name },
    spec: { backupTargetURL: 'nfs://store:/b' },
    status: { available: false, conditions: [{ type: 'Unavailable', status: 'True', message }] },
  });
  const lost = 'lost track of the corresponding snapshot info inside volume engine';
  const snapshot: Snapshot = {
    metadata: { name: 's' },
    spec: { volume: 'v', createSnapshot: true },
    status: { error: lost },
  };
  const added = <T extends KubernetesObject>(...objects: T[]) =>
    objects.map((object) => ({ kind: 'modified', at: 0, object }) as const);

  test("the scenario's own target, and snapshots of its volumes", () => {
    const timelines = {
      backups: replayTimeline<Backup>('backups'),
      snapshots: replayTimeline('snapshots', added(snapshot)),
      backupTargets: replayTimeline(
        'targets',
        added(
          unavailable('other', 'backup target URL is empty'),
          unavailable('own', 'failed to list system backups in nfs://store:/b: input/output error'),
        ),
      ),
    };
    const options = { expected: [], version: 'v1.12.1', target: 'own' };
    const { met, problems } = judgeMessages(timelines, { ...options, volumes: ['v'] });
    expect(summarizeMessages(met)).toBe('snapshot-lost (warning), target-not-listed (configuration)');
    expect(problems).toEqual([
      expect.stringMatching(/^target-not-listed \(configuration\) was not expected: BackupTarget own/),
    ]);
    expect(summarizeMessages(judgeMessages(timelines, { ...options, volumes: ['w'] }).met)).toBe(
      'target-not-listed (configuration)',
    );
  });

  test('what a target said before it was available first is no matter of the scenario; afterwards it is', () => {
    const refused = unavailable('own', 'failed to list system backups in s3://b@r/: connection refused');
    const available: BackupTarget = { ...refused, status: { available: true } };
    const judged = (...objects: BackupTarget[]) =>
      judgeMessages(
        {
          backups: replayTimeline('backups'),
          snapshots: replayTimeline('snapshots'),
          backupTargets: replayTimeline('targets', added(...objects)),
        },
        { volumes: [], expected: [], version: 'v1.12.1', target: 'own' },
      ).problems;
    expect(judged(refused, available)).toEqual([]);
    expect(judged(available, refused)).toHaveLength(1);
    expect(judged(refused, available, refused)).toHaveLength(1);
  });

  const inError = (state: string, error: string): Backup => ({
    metadata: { name: 'b', labels: { 'backup-volume': 'v' } },
    spec: { snapshotName: 's' },
    status: { state, messages: { error } },
  });
  const ofBackups = (...events: { kind: 'modified' | 'deleted'; at: number; object: Backup }[]) =>
    judgedWith([], ...events);
  const judgedWith = (
    expected: ExpectedMessage[],
    ...events: { kind: 'modified' | 'deleted'; at: number; object: Backup }[]
  ) =>
    judgeMessages(
      {
        backups: replayTimeline('backups', events),
        snapshots: replayTimeline('snapshots'),
        backupTargets: replayTimeline('targets'),
      },
      { volumes: ['v'], expected, version: 'v1.12.1', target: 'default' },
    ).problems;

  test('one that Longhorn tries again must have gone at the end, like one that needs nothing', () => {
    const object = inError('Error', describeFailedDeletion('unlinkat /b.cfg: input/output error'));
    expect(ofBackups({ kind: 'modified', at: 0, object })).toEqual([
      expect.stringMatching(/^deletion-without-store \(transient\) never went/),
    ]);
    const own = { id: 'deletion-without-store', of: 'b' } as const;
    expect(judgedWith([{ ...own, lasts: true }], { kind: 'modified', at: 0, object })).toEqual([]);
    expect(judgedWith([own], { kind: 'modified', at: 0, object })).toEqual([
      expect.stringMatching(/^deletion-without-store \(transient\) never went/),
    ]);
  });

  test('a backup that is gone says nothing any more, whatever its last state said', () => {
    const object = inError('Error', describeFailedDeletion('unlinkat /b.cfg: input/output error'));
    expect(ofBackups({ kind: 'modified', at: 0, object }, { kind: 'deleted', at: 1, object })).toEqual([]);
  });

  test('no message at all is told as none', () => {
    expect(summarizeMessages([])).toBe('none');
  });

  test("another volume's backups are not the scenario's", async () => {
    const timelines = speaking(await replay('longhorn-v1.12.1/delete-error'));
    expect(
      judgeMessages(timelines, { volumes: ['other'], expected: [], version: 'v1.12.1', target: 'default' })
        .met,
    ).toEqual([]);
  });
});
