import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import {
  completes,
  is,
  isHeldBack,
  remains,
  waitsAndCompletes,
  waitsFor,
} from '../../../../e2e/suite/steps/backup/expectations.ts';
import { isDeleted } from '../../../../e2e/suite/steps/deletion/expectations.ts';
import { type Mutation, ofBackup, type RecordedName, recorded, stage, withStatus } from '../recordings.ts';

const judge = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const waiting = { second, first, version };
  return {
    heldBack: evaluate(isHeldBack(backups, waiting)),
    waited: evaluate(waitsAndCompletes(backups, waiting)),
    deleted: evaluate(isDeleted(backups, first)),
  };
};

describe('what a real Longhorn did', () => {
  test('with an upload that lasts, everything is as expected', async () => {
    const { heldBack, waited, deleted } = await judge('normal, v1.8.2');
    expect([heldBack.state, waited.state, deleted.state]).toEqual(['met', 'met', 'met']);
    expect(waited.steps.map(({ label }) => label)).toEqual([
      'Pending (with the message that it waits for zn-b1 to be deleted)',
      'InProgress',
      'Completed',
    ]);
  });

  test.for(['normal, v1.12.1', 'held, v1.12.1'] as const)(
    '%s: an upload too short to be seen is all that is missing',
    async (name) => {
      const { heldBack, waited, deleted } = await judge(name);
      expect([heldBack.state, deleted.state]).toEqual(['met', 'met']);
      expect(waited.state).toBe('broken');
      expect(waited.steps.map(({ reached }) => reached !== undefined)).toEqual([true, false, false]);
    },
  );

  test('the first backup itself completed', async () => {
    for (const name of Object.keys(recorded) as RecordedName[]) {
      const { backups, first } = await stage(name);
      expect(evaluate(completes(backups, { ...first, from: 0 })).state).toBe('met');
    }
  });

  test('in the hold nothing moved, and after it both did', async () => {
    const { replayed, backups, first, second, version } = await stage('held, v1.12.1', (line) =>
      'object' in line && line.at > 71.8 ? undefined : line,
    );
    const from = replayed.markOf('stopped pid 2569 on longhorn-manager-kl8sx');
    const still = { backup: { ...first, from }, state: is('Deleting') };
    expect(evaluate(remains(backups, still)).state).toBe('timed-out');
    expect(
      evaluate(
        remains(backups, { backup: { ...second, from: backups.mark() }, state: waitsFor(first, version) }),
      ).state,
    ).toBe('timed-out');

    const whole = await stage('held, v1.12.1');
    const released = whole.replayed.markOf('released');
    for (const [backup, state] of [
      [whole.first, is('Deleting')],
      [whole.second, waitsFor(whole.first, version)],
    ] as const) {
      expect(evaluate(remains(whole.backups, { backup: { ...backup, from: released }, state })).state).toBe(
        'broken',
      );
    }
  });
});

// Names of the recording that all mutants are made of: the one in which everything was met.
const name = 'normal, v1.8.2';
const { first, second } = recorded[name];

const messageless = ofBackup(second, (backup) => withStatus(backup, { messages: null }));
const saying = (info: string) =>
  ofBackup(second, (backup) =>
    backup.status?.state === 'Pending' ? withStatus(backup, { messages: { info } }) : backup,
  );

describe('what a broken Longhorn would have done', () => {
  test.for<[string, Mutation, string[], RegExp]>([
    [
      'the second backup is not held back',
      ofBackup(second, (backup) =>
        backup.status?.state === 'Pending'
          ? withStatus(backup, { state: 'InProgress', messages: null })
          : backup,
      ),
      ['broken', 'broken', 'met'],
      /InProgress.*while.*the first backup/s,
    ],
    ['the message is missing', messageless, ['broken', 'broken', 'met'], /Pending/],
    [
      'the message speaks of another backup',
      saying('Wait for backup other to be deleted'),
      ['broken', 'broken', 'met'],
      /Wait for backup other to be deleted/,
    ],
    [
      'nobody knows the message',
      saying('Please hold the line'),
      ['broken', 'broken', 'met'],
      /Please hold the line/,
    ],
    [
      'the deletion never ends',
      (line) => ('object' in line && line.resource === 'backups' && line.at > 47 ? undefined : line),
      ['met', 'timed-out', 'timed-out'],
      /Deleting/,
    ],
    [
      'the deletion fails',
      ofBackup(first, (backup) =>
        backup.status?.state === 'Deleting'
          ? withStatus(backup, { state: 'Error', messages: { error: 'no' } })
          : backup,
      ),
      ['met', 'met', 'broken'],
      /Error \(messages\.error "no"\)/,
    ],
    [
      'the first backup vanishes without a state Deleting',
      ofBackup(first, (backup) =>
        backup.status?.state === 'Deleting' ? withStatus(backup, { state: 'Completed' }) : backup,
      ),
      ['met', 'met', 'broken'],
      /Deleting/,
    ],
    [
      'the second backup loses the lock',
      ofBackup(second, (backup) =>
        backup.status?.state === 'InProgress' || backup.status?.state === 'Completed'
          ? withStatus(backup, { state: 'Error', error: 'failed to acquire lock' })
          : backup,
      ),
      ['met', 'broken', 'met'],
      /Error \(.*failed to acquire lock/,
    ],
    [
      'the second backup waits for ever',
      ofBackup(second, (backup) =>
        backup.status?.state === 'Pending' || backup.status?.state === '' ? backup : undefined,
      ),
      ['met', 'timed-out', 'met'],
      /InProgress/,
    ],
  ])('%s', async ([, mutate, states, explanation]) => {
    const verdicts = Object.values(await judge(name, mutate));
    expect(verdicts.map(({ state }) => state)).toEqual(states);
    for (const verdict of verdicts) if (verdict.state !== 'met') expect(verdict.text).toMatch(explanation);
  });

  test('a watch that lost the stretch that decides proves nothing', async () => {
    const { waited } = await judge(name, (line) =>
      'object' in line && line.resource === 'backups' && line.at > 60 && line.at < 120
        ? { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' }
        : line,
    );
    expect(waited.state).toBe('not-provable');
  });
});

test("the document's wording would do as well", async () => {
  const { heldBack } = await judge(name, saying('waiting for backup to be deleted'));
  expect(heldBack.state).toBe('met');
});

test('a backup may wait for its snapshot before it waits for the deletion', async () => {
  const { waited } = await judge(
    name,
    ofBackup(second, (backup) =>
      backup.status?.state === ''
        ? withStatus(backup, {
            state: 'Pending',
            messages: { info: 'Waiting for the snapshot zn-s2 to be ready' },
          })
        : backup,
    ),
  );
  expect(waited.state).toBe('met');
});
