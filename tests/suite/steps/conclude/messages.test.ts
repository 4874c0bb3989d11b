import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/objects.ts';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Backup, BackupTarget, Snapshot } from '../../../../e2e/longhorn/types.ts';
import { concludeMessages } from '../../../../e2e/suite/steps/conclude/conclude.ts';
import {
  judgeMessages,
  messagesOf,
  summarizeMessages,
} from '../../../../e2e/suite/steps/conclude/messages.ts';
import type { ExpectedMessage } from '../../../../e2e/suite/steps/context.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { type Mutation, replay, speaking, whenIn } from '../recordings.ts';

const folder = fileURLToPath(new URL('../../../../fixtures/recordings/', import.meta.url));

const judge = async (name: string, expected: ExpectedMessage[] = [], mutate?: Mutation) => {
  const timelines = speaking(await replay(name, mutate));
  const volumes = timelines.backups.entries.flatMap((entry) =>
    entry.kind === 'gap' ? [] : [entry.object.metadata.labels?.['backup-volume'] ?? ''],
  );
  const version = `v${/longhorn-v([\d.]+)\//.exec(name)?.[1]}`;
  const { met, problems } = judgeMessages(timelines, { volumes, expected, version, target: 'default' });
  const told = met.map(
    ({ of, state, classification: by }) =>
      `${of} ${state}: ${by.class === 'unclassified' ? by.class : by.id}`,
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

test.for(Object.entries(recorded))('what a real Longhorn said: %s', async ([name, { expected, told }]) => {
  const judged = await judge(name, expected);
  expect(judged.told.toSorted()).toEqual(told.toSorted());
  expect(judged.problems).toEqual([]);
});

test('of faulty cleanups: those whose configs were immutable, and those that waited for a deletion; no recording is left out', async () => {
  const immutable = ['0285424225f44daa', '0ffeefbc577a4a98', '9b12114ac0f84523', 'f9a2a62d6f884cf8'].map(
    (each) => `backup-${each}`,
  );
  const { told, problems } = await judge(faulty, denied(...immutable));
  expect([...new Set(told.map((line) => line.replace(/^\S+ /, '')))].sort()).toEqual([
    'Error: deletion-denied',
    'Pending: waits-for-deletion',
  ]);
  expect(problems).toEqual([]);
  const files = globSync('longhorn-*/*.ndjson', { cwd: folder }).map((file) => file.replace('.ndjson', ''));
  expect(files.toSorted()).toEqual([...Object.keys(recorded), faulty].toSorted());
});

const deletion = 'longhorn-v1.12.1/delete-error';
const conflict = 'longhorn-v1.12.1/lock-conflict';
const lockText =
  'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';
const deniedTwice = [/^deletion-denied \(failure\) was not expected/, /^deletion-denied/];

test.for<[string, string, ExpectedMessage[], Mutation | undefined, RegExp[]]>([
  [
    'a text that nobody knows, with where it was said',
    'longhorn-v1.12.1/normal',
    [],
    whenIn('zn-b2', 'Pending', { messages: { info: 'Please hold the line' } }),
    [
      /^nobody knows this message \(unclassified\): Backup zn-b2 \(Pending\), status\.messages\.info, at 1970-01-01T00:\d\d:[\d.]+Z: "Please hold the line"$/,
    ],
  ],
  [
    'a failure that was not brought about, with what it means, cut short',
    deletion,
    [],
    undefined,
    [
      /^deletion-denied \(failure\) was not expected: Backup ze-b1 \(Error\), (?!.{1300}).*The backup store refused the removal/,
      /^deletion-denied/,
    ],
  ],
  ['one that was brought about on another backup', deletion, denied('ze-b2'), undefined, deniedTwice],
  [
    'one where another was brought about',
    deletion,
    [{ id: 'deletion-stubbed', of: 'ze-b1' }],
    undefined,
    deniedTwice,
  ],
  [
    'a forgotten deletion where no manager was restarted',
    'longhorn-v1.12.1/held-crash',
    [],
    undefined,
    [/^deletion-forgotten \(informational\) is only in order where the longhorn-manager .* was restarted/],
  ],
  [
    'a backup that lost the lock for good, though the text is that of a deletion that tries again',
    conflict,
    [],
    whenIn('zl-b2', 'Completed', { state: 'Error', error: lockText }),
    [/^creation-lost-lock \(failure\) was not expected/],
  ],
  [
    'a message that should go by itself and is still there',
    conflict,
    [],
    (line) => ('object' in line && line.at > 60 ? undefined : line),
    [/^deletion-lost-lock \(informational\) never went/],
  ],
])('what has no place in a scenario: %s', async ([, name, expected, mutate, problems]) => {
  expect((await judge(name, expected, mutate)).problems).toEqual(
    problems.map((each) => expect.stringMatching(each)),
  );
});

describe('whose messages are judged', () => {
  type Said = { backups?: Backup[]; gone?: true; snapshots?: Snapshot[]; targets?: BackupTarget[] };
  const added = <T extends KubernetesObject>(objects: T[] = []) =>
    objects.map((object) => ({ kind: 'modified', at: 0, object }) as const);
  const judged = (
    { backups, gone, snapshots, targets }: Said,
    expected: ExpectedMessage[] = [],
    volume = 'v',
  ) => {
    const timelines = {
      backups: replayTimeline('backups', added(backups)),
      snapshots: replayTimeline('snapshots', added(snapshots)),
      backupTargets: replayTimeline('targets', added(targets)),
    };
    if (gone && backups?.[0]) timelines.backups.push({ kind: 'deleted', at: 1, object: backups[0] });
    return judgeMessages(timelines, { volumes: [volume], expected, version: 'v1.12.1', target: 'own' });
  };
  const target = (name: string, message?: string): BackupTarget => ({
    metadata: { name },
    spec: { backupTargetURL: 'nfs://store:/b' },
    status: message
      ? { available: false, conditions: [{ type: 'Unavailable', status: 'True', message }] }
      : { available: true },
  });
  const refused = target('own', 'failed to list system backups in nfs://store:/b: input/output error');

  test("the scenario's own target, and snapshots of its volumes", () => {
    const lost = { error: 'lost track of the corresponding snapshot info inside volume engine' };
    const spec = { volume: 'v', createSnapshot: true };
    const said = {
      snapshots: [{ metadata: { name: 's' }, spec, status: lost }],
      targets: [target('other', 'backup target URL is empty'), refused],
    };
    const { met, problems } = judged(said);
    expect(summarizeMessages(met)).toBe('snapshot-lost (warning), target-not-listed (configuration)');
    expect(problems).toEqual([
      expect.stringMatching(/^target-not-listed \(configuration\) was not expected: BackupTarget own/),
    ]);
    expect(summarizeMessages(judged(said, [], 'w').met)).toBe('target-not-listed (configuration)');
    expect(summarizeMessages([])).toBe('none');
  });

  test('what a target said before it was available first is no matter of the scenario; afterwards it is', () => {
    const available = target('own');
    expect(judged({ targets: [refused, available] }).problems).toEqual([]);
    expect(judged({ targets: [available, refused] }).problems).toHaveLength(1);
    expect(judged({ targets: [refused, available, refused] }).problems).toHaveLength(1);
  });

  test('one that Longhorn tries again must have gone at the end; a backup that is gone, and one of another volume, say nothing', () => {
    const own = { id: 'deletion-without-store', of: 'b' } as const;
    const failed: Backup = {
      metadata: { name: 'b', labels: { 'backup-volume': 'v' } },
      spec: { snapshotName: 's' },
      status: {
        state: 'Error',
        messages: { error: describeFailedDeletion('unlinkat /b.cfg: input/output error') },
      },
    };
    const never = [expect.stringMatching(/^deletion-without-store \(transient\) never went/)];
    expect(judged({ backups: [failed] }).problems).toEqual(never);
    expect(judged({ backups: [failed] }, [own]).problems).toEqual(never);
    expect(judged({ backups: [failed] }, [{ ...own, lasts: true }]).problems).toEqual([]);
    expect(judged({ backups: [failed], gone: true }).problems).toEqual([]);
    expect(judged({ backups: [failed] }, [], 'other').met).toEqual([]);
  });
});

// As if the scenario had just done what was recorded.
test.each([
  [[{ id: 'deletion-denied', of: 'ze-b1' }] as const, /: deletion-denied \(failure\)$/],
  [
    [],
    / FAILED: Longhorn v1\.12\.1 said what this scenario has no place for:\n- deletion-denied \(failure\) was not expected: Backup ze-b1 .*\n- deletion-denied .*$/,
  ],
])('where %j is expected, that is told, and all else fails the scenario', async (expected, told) => {
  const { backups } = speaking(await replay(deletion));
  const made = { ...nothingMade(), volumes: ['vz-e'] };
  const recorder = createTestContext({ timelines: { backups }, made, expected: [...expected] });
  const ended = await concludeMessages(recorder.context).then(
    () => 'well',
    () => 'failed',
  );
  expect(ended).toBe(expected.length > 0 ? 'well' : 'failed');
  expect(recorder.told.at(-1)).toMatch(
    /^Then every message of Longhorn is known, and none tells of a failure that was not brought about/,
  );
  expect(recorder.told.at(-1)).toMatch(told);
});

test('what Longhorn said is told with its meaning, in the order in which it was met, and cut short', async () => {
  const timelines = speaking(await replay('longhorn-v1.12.1/delete-error'));
  const made = { ...nothingMade(), volumes: ['vz-e'] };
  const context = { made, target: 'default', expected: [], version: 'v1.12.1' };
  const told = messagesOf({ ...context, timelines: timelines as never });
  expect(told.map(({ of, class: kind, id }) => [of, kind, id])).toEqual([
    ['ze-b1', 'failure', 'deletion-denied'],
    ['ze-b1', 'failure', 'deletion-denied'],
  ]);
  expect(told[0]?.text).toMatch(/^Failed to delete the backup/);
  expect(told[0]?.text.length).toBeLessThan(800);
  expect(told[0]?.meaning).toMatch(/^\S.*\. \S.*\.$/);
  expect(messagesOf({ ...context, made: { ...made, volumes: [] }, timelines: timelines as never })).toEqual(
    [],
  );

  const says = (error: string, status: object = { error }) => {
    const metadata = { name: 'ze-b2', labels: { 'backup-volume': 'vz-e' } };
    timelines.backups.push({
      kind: 'modified',
      at: 1e9,
      object: { metadata, spec: { snapshotName: 's' }, status: { state: 'Error', ...status } } as Backup,
    });
  };
  // Said again after something else, or in another field, it is the same message.
  for (const text of ['nobody has seen this', '', 'nobody has seen this']) says(text);
  says('', { messages: { error: 'nobody has seen this' } });
  expect(messagesOf({ ...context, timelines: timelines as never }).slice(2)).toEqual([
    {
      of: 'ze-b2',
      text: 'nobody has seen this',
      class: 'unclassified',
      id: null,
      meaning: 'Nobody knows this message.',
    },
  ]);
});
