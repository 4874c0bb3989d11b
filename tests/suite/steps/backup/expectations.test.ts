import { expect, test } from 'vitest';
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
import { type Mutation, type RecordedName, recorded, stage, whenIn } from '../recordings.ts';

const judge = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const waiting = { second, first, version };
  return {
    heldBack: evaluate(isHeldBack(backups, waiting)),
    waited: evaluate(waitsAndCompletes(backups, waiting)),
    deleted: evaluate(isDeleted(backups, first)),
  };
};

const statesOf = (judged: Record<string, { state: string }>) =>
  Object.values(judged).map(({ state }) => state);

test.each([
  ['normal, v1.8.2', 'met', [true, true, true]],
  // An upload too short to be seen is all that is missing.
  ['normal, v1.12.1', 'broken', [true, false, false]],
  ['held, v1.12.1', 'broken', [true, false, false]],
] as const)(
  '%s: of a real Longhorn everything is as expected, and the wait %s',
  async (name, state, reached) => {
    const judged = await judge(name);
    expect(statesOf(judged)).toEqual(['met', state, 'met']);
    expect(judged.waited.steps.map((step) => [step.label, step.reached !== undefined])).toEqual([
      [
        expect.stringMatching(/^Pending \(with the message that it waits for \S+ to be deleted\)$/),
        reached[0],
      ],
      ['InProgress', reached[1]],
      ['Completed', reached[2]],
    ]);
    const { backups, first } = await stage(name);
    expect(evaluate(completes(backups, { ...first, from: 0 })).state).toBe('met');
  },
);

test('in the hold nothing moved, and after it both did', async () => {
  const held = (staged: Awaited<ReturnType<typeof stage>>, ...marks: [number, number]) => {
    const { backups, first, second, version } = staged;
    return [
      { backup: { ...first, from: marks[0] }, state: is('Deleting') },
      { backup: { ...second, from: marks[1] }, state: waitsFor(first, version) },
    ].map((each) => evaluate(remains(backups, each)).state);
  };
  const inHold = await stage('held, v1.12.1', (line) =>
    'object' in line && line.at > 71.8 ? undefined : line,
  );
  const stopped = inHold.replayed.markOf('stopped pid 2569 on longhorn-manager-kl8sx');
  expect(held(inHold, stopped, inHold.backups.mark())).toEqual(['timed-out', 'timed-out']);
  const whole = await stage('held, v1.12.1');
  const released = whole.replayed.markOf('released');
  expect(held(whole, released, released)).toEqual(['broken', 'broken']);
});

const name = 'normal, v1.8.2';
const { first, second } = recorded[name];
const saying = (info: string): Mutation => whenIn(second, 'Pending', { messages: { info } });

test.for<[string, Mutation, string[], RegExp]>([
  [
    'the second backup is not held back',
    whenIn(second, 'Pending', { state: 'InProgress', messages: null }),
    ['broken', 'broken', 'met'],
    /InProgress.*while.*the first backup/s,
  ],
  [
    'the message is missing',
    whenIn(second, 'Pending', { messages: null }),
    ['broken', 'broken', 'met'],
    /Pending/,
  ],
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
    whenIn(first, 'Deleting', { state: 'Error', messages: { error: 'no' } }),
    ['met', 'met', 'broken'],
    /Error \(messages\.error "no"\)/,
  ],
  [
    'the first backup vanishes without a state Deleting',
    whenIn(first, 'Deleting', { state: 'Completed' }),
    ['met', 'met', 'broken'],
    /Deleting/,
  ],
  [
    'the second backup loses the lock',
    whenIn(second, 'InProgress|Completed', { state: 'Error', error: 'failed to acquire lock' }),
    ['met', 'broken', 'met'],
    /Error \(.*failed to acquire lock/,
  ],
  [
    'the second backup waits for ever',
    whenIn(second, 'InProgress|Completed|Deleting'),
    ['met', 'timed-out', 'met'],
    /InProgress/,
  ],
  [
    'a watch lost the stretch that decides',
    (line) =>
      'object' in line && line.resource === 'backups' && line.at > 60 && line.at < 120
        ? { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' }
        : line,
    [expect.any(String), 'not-provable', expect.any(String)],
    /410 Gone/,
  ],
  // The document's wording would do as well, and a backup may wait for its snapshot before.
  ['none', saying('waiting for backup to be deleted'), ['met', 'met', 'met'], /^/],
  [
    'none',
    whenIn(second, '', {
      state: 'Pending',
      messages: { info: 'Waiting for the snapshot zn-s2 to be ready' },
    }),
    ['met', 'met', 'met'],
    /^/,
  ],
])('what a broken Longhorn would have done: %s', async ([, mutate, states, explanation]) => {
  const judged = await judge(name, mutate);
  expect(statesOf(judged)).toEqual(states);
  for (const verdict of Object.values(judged))
    if (verdict.state !== 'met') expect(verdict.text).toMatch(explanation);
});
