import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/objects.ts';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Backup, BackupTarget, Snapshot, Volume } from '../../../../e2e/longhorn/types.ts';
import { everyMessageIsKnown } from '../../../../e2e/suite/steps/conclude/conclude.ts';
import * as messages from '../../../../e2e/suite/steps/conclude/messages.ts';
import type { ExpectedMessage } from '../../../../e2e/suite/steps/context.ts';
import { nothingCreated } from '../../../../e2e/suite/steps/created-objects.ts';
import { runStep } from '../../../../e2e/suite/steps/step.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { type Mutation, replay, speaking, until, volumesOf, whenIn } from '../recordings.ts';

const judge = async (name: string, expected: ExpectedMessage[] = [], mutate?: Mutation) => {
  const timelines = speaking(await replay(name, mutate));
  const volumes = volumesOf(timelines);
  const version = `v${/longhorn-v([\d.]+)\//.exec(name)?.[1]}`;
  const about = { volumes, expected, version, targets: ['default'] };
  const { met, problems } = messages.judgeMessages(timelines, about);
  const described = met.map(({ of, state, classification: by }) => {
    return `${of} ${state}: ${by.class === 'unclassified' ? by.class : by.id}`;
  });
  return { problems, described: [...new Set(described)].sort() };
};

const brings = (id: ExpectedMessage['id'], ...names: string[]): ExpectedMessage[] =>
  names.map((of) => ({ id, of }));
const denied = (...names: string[]) => brings('deletion-denied', ...names);
const waitsWhile = (name: string) =>
  ['InProgress', 'Pending'].map((state) => `${name} ${state}: waits-for-deletion`);
const faulty = ['0285424225f44daa', '0ffeefbc577a4a98', '9b12114ac0f84523', 'f9a2a62d6f884cf8'];

/**
 * What was said in each recording of a real Longhorn, and what a scenario that did the same would have
 * declared.
 */
const recorded: Record<string, [expected: ExpectedMessage[], described: string[] | RegExp]> = {
  'v1.12.1/normal': [[], ['zn-b2 Pending: waits-for-deletion']],
  'v1.12.1/held': [[], ['ho-b2 Pending: waits-for-deletion']],
  'v1.12.1/delete-error': [denied('ze-b1'), ['ze-b1 Error: deletion-denied']],
  'v1.12.1/controller-crash': [
    [...denied('zc-b1'), ...brings('deletion-forgotten', 'zc-b1')],
    ['zc-b1 Error: deletion-denied', 'zc-b1 Error: deletion-forgotten'],
  ],
  'v1.12.1/held-crash': [brings('deletion-forgotten', 'ho-b3'), ['ho-b3 Error: deletion-forgotten']],
  'v1.12.1/lock-conflict': [[], ['zl-b1 Error: deletion-lost-lock']],
  'v1.12.1/recurring-job': [[], []],
  'v1.12.1/recurring-job-faulty-cleanup': [
    denied(...faulty.map((each) => `backup-${each}`)),
    /^(backup-\w+ (Error: deletion-denied|Pending: waits-for-deletion),?)+$/,
  ],
  'v1.8.2/normal': [[], waitsWhile('zn-b2')],
  'v1.8.2/delete-error': [denied('ze-b1'), ['ze-b1 Error: deletion-denied']],
  'v1.8.2/delete-error-same-time': [
    denied('sa-b1'),
    ['sa-b1 Error: deletion-denied', ...waitsWhile('sa-b2')],
  ],
  'v1.8.2/wrapped-engine': [brings('deletion-stubbed', 'sa-b3'), ['sa-b3 Error: deletion-stubbed']],
};

test.for(Object.entries(recorded))('what a real Longhorn said: %s', async ([name, [expected, described]]) => {
  const judged = await judge(`longhorn-${name}`, expected);
  if (described instanceof RegExp) expect(judged.described.join()).toMatch(described);
  else expect(judged.described).toEqual(described);
  expect(judged.problems).toEqual([]);
});

test('no recording is left out', () => {
  const folder = fileURLToPath(new URL('../../../../fixtures/recordings/', import.meta.url));
  const names = globSync('longhorn-*/*.ndjson', { cwd: folder }).map((file) => file.slice(9, -7));
  expect(names.toSorted()).toEqual(Object.keys(recorded).toSorted());
});

const deletion = 'longhorn-v1.12.1/delete-error';
const [conflict, crash] = ['longhorn-v1.12.1/lock-conflict', 'longhorn-v1.12.1/held-crash'];
const lockText =
  'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';
const hold = whenIn('zn-b2', 'Pending', { messages: { info: 'Please hold the line' } });
const lostForGood = whenIn('zl-b2', 'Completed', { state: 'Error', error: lockText });
const unknown =
  /^unknown message \(unclassified\): Backup zn-b2 \(Pending\), status\.messages\.info, at 1970-01-01T00:\d\d:[\d.]+Z: "Please hold the line"$/;
const forgotten =
  /^deletion-forgotten \(informational\) is only in order where the longhorn-manager .* was restarted/;
// With what it means, cut short.
const refused =
  /^deletion-denied \(failure\) was not expected: Backup ze-b1 \(Error\), (?!.{1300}).*The backup store refused/;

test.for<[string, string, ExpectedMessage[], Mutation | undefined, RegExp[]]>([
  ['a text that nobody knows, with where it was said', 'longhorn-v1.12.1/normal', [], hold, [unknown]],
  ['one that was brought about on another backup', deletion, denied('ze-b2'), undefined, [refused, refused]],
  ['one where another was', deletion, brings('deletion-stubbed', 'ze-b1'), undefined, [refused, refused]],
  ['a forgotten deletion where no manager was restarted', crash, [], undefined, [forgotten]],
  ['a backup that lost the lock', conflict, [], lostForGood, [/^creation-lost-lock \(failure\) was not/]],
  ['what should go by itself', conflict, [], until(60), [/^deletion-lost-lock \(informational\) never went/]],
])('what has no place in a scenario: %s', async ([, name, expected, mutate, problems]) => {
  const judged = await judge(name, expected, mutate);
  expect(judged.problems).toEqual(problems.map((each) => expect.stringMatching(each)));
});

type Said = {
  backups?: Backup[];
  gone?: true;
  snapshots?: Snapshot[];
  targets?: BackupTarget[];
  volumes?: Volume[];
};
const judged = (said: Said, expected: ExpectedMessage[] = [], volume = 'v') => {
  const { backups, gone, snapshots, targets, volumes } = said;
  const added = <T extends KubernetesObject>(objects: T[] = []) =>
    objects.map((object) => ({ kind: 'modified', at: 0, object }) as const);
  const timelines = {
    backups: replayTimeline('backups', added(backups)),
    snapshots: replayTimeline('snapshots', added(snapshots)),
    backupTargets: replayTimeline('targets', added(targets)),
    volumes: replayTimeline('volumes', added(volumes)),
  };
  if (gone && backups?.[0]) timelines.backups.push({ kind: 'deleted', at: 1, object: backups[0] });
  const about = { volumes: [volume], expected, version: 'v1.12.1', targets: ['own'] };
  return messages.judgeMessages(timelines, about);
};
const target = (name: string, message?: string, host = 'store', lastSyncedAt?: string): BackupTarget => {
  const conditions = [{ type: 'Unavailable', status: 'True', message: message ?? '' }];
  const status = message ? { available: false, conditions } : { available: true };
  const spec = { backupTargetURL: `nfs://${host}:/b` };
  return { metadata: { name }, spec, status: { ...status, ...(lastSyncedAt && { lastSyncedAt }) } };
};

test("judged are the scenario's own target, since its store was found, and snapshots of its volumes", () => {
  const lost = { error: 'lost track of the corresponding snapshot info inside volume engine' };
  const snapshot = { metadata: { name: 's' }, spec: { volume: 'v', createSnapshot: true }, status: lost };
  const available = target('own');
  const notListed = target('own', 'failed to list system backups in nfs://store:/b: no');
  const said = { snapshots: [snapshot], targets: [target('other', 'backup target URL is empty'), notListed] };
  const { met, problems } = judged(said);
  expect(messages.summarizeMessages(met)).toBe('snapshot-lost (warning), target-not-listed (configuration)');
  expect(problems).toEqual([
    expect.stringMatching(/^target-not-listed \(configuration\) was not expected: BackupTarget own/),
  ]);
  expect(messages.summarizeMessages(judged(said, [], 'w').met)).toBe('target-not-listed (configuration)');
  expect(messages.summarizeMessages([])).toBe('none');
  expect(judged({ targets: [notListed, available] }).problems).toEqual([]);
  for (const before of [[], [notListed]])
    expect(judged({ targets: [...before, available, notListed] }).problems).toHaveLength(1);
});

const [own, moved] = [target('own'), target('own', undefined, 'other')];
const unlisted = target('own', 'failed to list system backups in nfs://other:/b: no', 'other');
test.each([
  ['what it said before it was found there', 0, [moved, unlisted, moved]],
  ['what it said where it never was', 1, [unlisted]],
  ['what it said where it never was, and moved on', 1, [unlisted, own]],
  ['what it said after it was found there', 1, [unlisted, moved, unlisted]],
  ['what it said after a first look', 1, [target('own', undefined, 'other', 'now'), unlisted, moved]],
])('of a target that moves to another store, %s: %i that count', (_, counted, targets) => {
  expect(judged({ targets: [own, moved, ...targets] }).problems).toHaveLength(counted);
});

test('one that Longhorn tries again must have gone at the end; a backup that is gone, and one of another volume, say nothing', () => {
  const own = { id: 'deletion-without-store', of: 'b' } as const;
  const messages = { error: describeFailedDeletion('unlinkat /b.cfg: input/output error') };
  const metadata = { name: 'b', labels: { 'backup-volume': 'v' } };
  const backups: Backup[] = [{ metadata, spec: { snapshotName: 's' }, status: { state: 'Error', messages } }];
  const never = [expect.stringMatching(/^deletion-without-store \(transient\) never went/)];
  for (const expected of [[], [own]]) expect(judged({ backups }, expected).problems).toEqual(never);
  expect(judged({ backups }, [{ ...own, lasts: true }]).problems).toEqual([]);
  expect(judged({ backups, gone: true }).problems).toEqual([]);
  expect(judged({ backups }, [], 'other').met).toEqual([]);
});

const volume = (type: string, status: string, message: string, name = 'v'): Volume => {
  const conditions = [{ type, status, message }];
  return { metadata: { name }, spec: { size: '1' }, status: { conditions } };
};
const givenUp = volume('Restore', 'False', 'All replica restore failed and the volume became Faulted');
const homeless = volume('Scheduled', 'False', 'insufficient storage');
const settled = volume('Scheduled', 'True', 'Reset schedulable due to allow volume creation');
test.each<[string, RegExp[], Volume[], ExpectedMessage[]]>([
  ['a restore that was given up', [/^restore-given-up \(failure\) was not/], [givenUp], []],
  ['the same, brought about', [], [givenUp], brings('restore-given-up', 'v')],
  ['no place for a replica in the end', [/^replicas-not-scheduled \(config/], [homeless], []],
  ['no place for a moment', [], [homeless, settled], []],
  ['what nobody knows', [/^unknown message/], [volume('Restore', 'False', 'oh')], []],
  ["another's", [], [volume('Restore', 'False', 'oh', 'w')], []],
])('what the conditions of a volume say: %s', (_, problems, volumes, expected) => {
  expect(judged({ volumes }, expected).problems).toEqual(problems.map((each) => expect.stringMatching(each)));
});

test('what events warn of is reported, of its own objects, and fails nothing; what nobody knows is a finding, what is harmless is not', async () => {
  const event = (kind: string, name: string, reason: string, message: string, more: object = {}) => ({
    metadata: { name: `${name}.1`, namespace: 'longhorn-system', creationTimestamp: '2026-01-01T00:00:00Z' },
    ...{ involvedObject: { kind, name }, type: 'Warning', reason, message, ...more },
  });
  const inError = 'Detected replica v-r-1 (10.42.0.7:10000) in error';
  const names = new Set<string | undefined>();
  const { context, findings } = createTestContext({
    made: { ...nothingCreated(), volumes: ['v'], snapshots: ['s'] },
    cluster: stubCluster({
      onAsk: ({ namespace }) => names.add(namespace),
      objects: {
        events: [
          event('Engine', 'v-e-0', 'Faulted', inError),
          event('Engine', 'w-e-0', 'Faulted', inError),
          event('Replica', 'v-r-1', 'Odd', 'nobody has seen this'),
          event('Snapshot', 's', 'Update', 'snapshot becomes not ready to use'),
          event('Volume', 'v', 'Odd', 'nobody minds this', { type: 'Normal' }),
          event('Pod', 'store', 'Unhealthy', 'Startup probe failed'),
        ],
      },
    }),
  });
  await runStep(context, everyMessageIsKnown);
  const expected = messages.messagesOf(context).map(({ of, id }) => [of, id]);
  expect(expected).toEqual([
    ['v-e-0', 'replica-in-error'],
    ['v-r-1', null],
  ]);
  // Not every kind of store may be asked for its events.
  expect([...names]).toEqual(['longhorn-system']);
  expect(findings).toMatchObject([{ code: 'unknown-warning', detail: expect.stringContaining('v-r-1') }]);
});

// As if the scenario had just done what was recorded.
test('what is expected is reported, and all else fails the scenario; each message is reported once, with its meaning, cut short', async () => {
  const { backups } = speaking(await replay(deletion));
  const made = { ...nothingCreated(), volumes: ['vz-e'] };
  const conclude = async (expected: ExpectedMessage[]) => {
    const { context, printed } = createTestContext({ timelines: { backups }, made, expected });
    const failed = await runStep(context, everyMessageIsKnown).then(
      () => 'well',
      () => 'failed',
    );
    return { context, printed: `${failed}: ${printed.at(-1)}` };
  };
  const sentence =
    'Then every message of Longhorn is known, and none reports a failure that the scenario did not cause';
  expect((await conclude(denied('ze-b1'))).printed).toBe(`well: ${sentence}: deletion-denied (failure)`);
  const { context, printed } = await conclude([]);
  expect(printed).toContain(
    `failed: ${sentence} FAILED: Longhorn v1.12.1 said what this scenario has no place for:\n- deletion-denied (failure) was not expected: Backup ze-b1 `,
  );
  // Said again after something else, or in another field, it is the same message.
  const text = 'nobody has seen this';
  for (const status of [{ error: text }, { error: '' }, { error: text }, { messages: { error: text } }]) {
    const metadata = { name: 'ze-b2', labels: { 'backup-volume': 'vz-e' } };
    const object = { metadata, spec: { snapshotName: 's' }, status: { state: 'Error', ...status } };
    backups.push({ kind: 'modified', at: 1e9, object });
  }
  const [first, second, ...rest] = messages.messagesOf(context);
  for (const each of [first, second]) {
    expect(each).toMatchObject({ of: 'ze-b1', class: 'failure', id: 'deletion-denied' });
    expect(each?.text).toMatch(/^Failed to delete the backup(?!.{800})/);
    expect(each?.meaning).toMatch(/^\S.*\. \S.*\.$/);
  }
  const meaning = 'Nobody knows this message.';
  expect(rest).toEqual([{ of: 'ze-b2', text, class: 'unclassified', id: null, meaning }]);
  expect(messages.messagesOf({ ...context, made: nothingCreated() })).toEqual([]);
});
