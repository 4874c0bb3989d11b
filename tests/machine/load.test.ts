import { expect, test } from 'vitest';
import { describeLoad, judgeLoad, type Load } from '../../e2e/machine/load.ts';

const idle = { stalled: 0.05, runQueue: 0.2, timerDelay: 5 };
const full = { stalled: 0.95, runQueue: 2.5, timerDelay: 40 };
const quick = { count: 3, longest: 14_000, share: 0.16 };

test.each<[what: string, load: Load, judged: ReturnType<typeof judgeLoad>]>([
  ['nobody measured anything', {}, 'unknown'],
  ['a server that answers says nothing of the nodes', { slowestAnswer: 20 }, 'unknown'],
  ['an idle machine', { pressure: idle, slowestAnswer: 20 }, 'calm'],
  ['a machine without a processor to spare', { pressure: full }, 'busy'],
  ['of which the kernel counts no stalls', { pressure: { runQueue: 2.5, timerDelay: 40 } }, 'busy'],
  ['on which the same waits took as long as usual', { pressure: full, comparable: quick }, 'calm'],
  ['on which they took a while', { pressure: full, comparable: { ...quick, share: 0.3 } }, 'busy'],
  ['the same waits elsewhere, alone', { comparable: quick }, 'calm'],
  ['which took nearly too long themselves', { pressure: idle, comparable: { ...quick, share: 0.7 } }, 'busy'],
  ['timers that are late', { pressure: { ...idle, timerDelay: 1_200 } }, 'busy'],
  ['a server that answers late', { pressure: idle, slowestAnswer: 1_200 }, 'busy'],
  ['it stood still, by its timers', { pressure: { ...idle, timerDelay: 2_300 }, comparable: quick }, 'busy'],
  ['it stood still, by its tasks', { pressure: { ...full, runQueue: 6 }, comparable: quick }, 'busy'],
  ['it stood still, by the server', { pressure: idle, slowestAnswer: 9_000, comparable: quick }, 'busy'],
])('%s', (_, load, judged) => {
  expect(judgeLoad(load)).toBe(judged);
});

test('what says so is reported', () => {
  expect(describeLoad({})).toBe('how busy the machine was is not known');
  expect(describeLoad({ pressure: idle, slowestAnswer: 240, comparable: quick })).toBe(
    'the machine was not the reason (tasks waited for a processor 5 % of the time; 0.2 ran or waited for each; timers fired up to 0.0 s late; the slowest answer of the API server took 0.2 s; the same waits elsewhere in this run took 14.0 s at most (3 of them), 16 % of their time-out)',
  );
});
