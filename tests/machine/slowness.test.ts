import { expect, test } from 'vitest';
import { describeLoad, judgeLoad, type Load } from '../../e2e/machine/load.ts';
import { describeFollowing, describeMachine, slownessOf } from '../../e2e/machine/slowness.ts';

const pressure = { stalled: 0.833, runQueue: 2, timerDelay: 2_340 };

test.each([
  ['nothing was measured', {}, 1],
  ['faster than the reference', { nodesReady: 1_500, read: 1 }, 1],
  ['nodes boot for half as long again', { nodesReady: 4_500 }, 1.5],
  ['the API server reads slowly, the worse of two counts', { nodesReady: 4_500, read: 11.2 }, 2.2],
  ['it stands still', { nodesReady: 90_000 }, 6],
])('%s', (_, measured, slowness) => {
  expect(slownessOf({ ...measured, pressure })).toBe(slowness);
});

test('it is reported with what says so, and with what follows from it', () => {
  const measured = { nodesReady: 5_430, pressure };
  expect(describeMachine({ slowness: 1.8, measured })).toBe(
    '1.8 times slower than the reference: its nodes were Ready after 5.4 s (reference: 3.0 s); tasks waited for a processor 83 % of the time; 2.0 ran or waited for each; timers fired up to 2.3 s late',
  );
  const readings = { read: 3.2, pressure: { runQueue: 1.26, timerDelay: 4 } };
  expect(describeMachine({ slowness: 1, measured: readings })).toBe(
    'as fast as the reference: the API server read from its store in 3 ms (reference: 5 ms); 1.3 ran or waited for each; timers fired up to 0.0 s late',
  );
  const following = [undefined, 'real', 'fast', '1', '1.8'].map((emulatorClock) =>
    describeFollowing({ slowness: 1.8, measured, emulatorClock }),
  );
  const timeouts = 'Time-outs of work: 1.8 times as long as usual';
  expect(following).toEqual([
    [timeouts],
    ["Emulator's clock: Longhorn's own", timeouts],
    ["Emulator's clock: its fast one", timeouts],
    ["Emulator's clock: its fast one", timeouts],
    ["Emulator's clock: 1.8 times its fast one", timeouts],
  ]);
});

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
