import { expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import { completes, isHeldBack, waitsAndCompletes } from '../../../../e2e/suite/steps/backup/expectations.ts';
import { isDeleted } from '../../../../e2e/suite/steps/deletion/expectations.ts';
import { type Mutation, type RecordedName, recorded, stage, until, whenIn } from '../recordings.ts';

const judge = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const waiting = { second, first, version };
  const [heldBack, waited] = [isHeldBack, waitsAndCompletes].map((made) => evaluate(made(backups, waiting)));
  const deleted = evaluate(isDeleted(backups, first));
  const completed = evaluate(completes(backups, { ...first, from: 0 }));
  return { verdicts: [heldBack, waited, deleted, completed], waited };
};
const statesOf = ({ verdicts }: Awaited<ReturnType<typeof judge>>) => verdicts.map((each) => each?.state);

test.each([
  ['normal, v1.8.2', 'met', [true, true, true]],
  // An upload too short to be seen is all that is missing.
  ['normal, v1.12.1', 'broken', [true, false, false]],
  ['held, v1.12.1', 'broken', [true, false, false]],
] as const)(
  '%s: of a real Longhorn everything is as expected, and the wait %s',
  async (name, state, reached) => {
    const judged = await judge(name);
    expect(statesOf(judged)).toEqual(['met', state, 'met', 'met']);
    expect(judged.waited?.steps.map((step) => step.reached !== undefined)).toEqual(reached);
  },
);

// That nothing moves in the hold, and something after it, is judged in steps.test.ts.
const name = 'normal, v1.8.2';
const { first, second } = recorded[name];
const waiting = (status: Parameters<typeof whenIn>[2]): Mutation => whenIn(second, 'Pending', status);
const saying = (info: string): Mutation => waiting({ messages: { info } });
const onItsWay = 'InProgress|Completed';
const lost = whenIn(second, onItsWay, { state: 'Error', error: 'failed to acquire lock' });
const fails = whenIn(first, 'Deleting', { state: 'Error', messages: { error: 'no' } });
const unready = 'Waiting for the snapshot zn-s2 to be ready';
const notReady = whenIn(second, '', { state: 'Pending', messages: { info: unready } });
const gap: Mutation = (line) =>
  'object' in line && line.resource === 'backups' && line.at > 60 && line.at < 120
    ? { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' }
    : line;

test.for<[string, Mutation, string[], RegExp]>([
  ['goes on', waiting({ state: 'InProgress', messages: null }), ['broken', 'broken', 'met'], /while/],
  ['says nothing', waiting({ messages: null }), ['broken', 'broken', 'met'], /Pending/],
  ['waits for another', saying('Wait for backup x to be deleted'), ['broken', 'broken', 'met'], /backup x/],
  ['sees the deletion last', until(47), ['met', 'timed-out', 'timed-out'], /Deleting/],
  ['sees it fail', fails, ['met', 'met', 'broken'], /Error \(messages\.error "no"\)/],
  ['sees none', whenIn(first, 'Deleting', { state: 'Completed' }), ['met', 'met', 'broken'], /Deleting/],
  ['loses the lock', lost, ['met', 'broken', 'met'], /Error \(.*failed to acquire lock/],
  ['waits for ever', whenIn(second, `${onItsWay}|Deleting`), ['met', 'timed-out', 'met'], /InProgress/],
  ['is not watched', gap, [expect.any(String), 'not-provable', expect.any(String)], /410 Gone/],
  // The document's wording would do as well, and a backup may wait for its snapshot before.
  ['says it otherwise', saying('waiting for backup to be deleted'), ['met', 'met', 'met'], /^/],
  ['waits for its snapshot', notReady, ['met', 'met', 'met'], /^/],
])('with a second backup that %s', async ([, mutate, states, explanation]) => {
  const judged = await judge(name, mutate);
  expect(statesOf(judged).slice(0, 3)).toEqual(states);
  for (const verdict of judged.verdicts.slice(0, 3))
    if (verdict?.state !== 'met') expect(verdict?.details).toMatch(explanation);
});
