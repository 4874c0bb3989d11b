import { expect, test } from 'vitest';
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
