import type { Pressure } from './pressure.ts';

/** A pressure as it is kept: what the kernel does not count is left out. */
export type KeptPressure = Pick<Pressure, 'runQueue' | 'timerDelay'> & { stalled?: number | undefined };

/** What says whether the machine was busy in the stretch of time in which something did not come. */
export type Load = {
  /** Of the machine that the cluster is on; missing where that is another one than the suite's. */
  pressure?: KeptPressure | undefined;
  /** The longest that the API server took to answer, or to start a command in a pod, in ms. */
  slowestAnswer?: number | undefined;
  /**
   * The same waits elsewhere in this run, which ended well: how many, how long the longest took (ms), and which
   * share of its time-out that was, 0 to 1.
   */
  comparable?: { count: number; longest: number; share: number } | undefined;
};

// Waits have a time-out of several times what they take: a machine that only has no processor to spare does
// not use that up, one that stands still does.
const still = { runQueue: 4, timerDelay: 2_000, slowestAnswer: 5_000 };
const strained = { stalled: 0.7, runQueue: 1.5, timerDelay: 1_000, slowestAnswer: 1_000 };
const usual = { share: 1 / 4 };
const long = { share: 1 / 2 };

/**
 * Whether the machine may be the reason that something did not come in time: `calm` takes evidence. On a strained machine
 * that is what the same waits took elsewhere in this run.
 */
export const judgeLoad = ({ pressure, slowestAnswer = 0, comparable }: Load): 'busy' | 'calm' | 'unknown' => {
  const { runQueue = 0, timerDelay = 0, stalled } = pressure ?? {};
  const stands =
    runQueue >= still.runQueue || timerDelay >= still.timerDelay || slowestAnswer >= still.slowestAnswer;
  if (stands || (comparable?.share ?? 0) >= long.share) return 'busy';
  if (comparable !== undefined && comparable.share <= usual.share) return 'calm';
  const waits = stalled === undefined ? runQueue >= strained.runQueue : stalled >= strained.stalled;
  if (waits || timerDelay >= strained.timerDelay || slowestAnswer >= strained.slowestAnswer) return 'busy';
  return pressure === undefined && comparable === undefined ? 'unknown' : 'calm';
};

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** How busy a machine was, in words. */
export const describePressure = ({ stalled, runQueue, timerDelay }: KeptPressure): string =>
  [
    ...(stalled === undefined
      ? []
      : [`tasks waited for a processor ${Math.round(stalled * 100)} % of the time`]),
    `${runQueue.toFixed(1)} ran or waited for each`,
    `timers fired up to ${seconds(timerDelay)} late`,
  ].join('; ');

/** Says whether the machine was busy, with what says so. */
export const describeLoad = (load: Load): string => {
  const { pressure, slowestAnswer, comparable } = load;
  const shown = [
    ...(pressure === undefined ? [] : [describePressure(pressure)]),
    ...(slowestAnswer === undefined
      ? []
      : [`the slowest answer of the API server took ${seconds(slowestAnswer)}`]),
    ...(comparable === undefined
      ? []
      : [
          `the same waits elsewhere in this run took ${seconds(comparable.longest)} at most (${comparable.count} of them), ${Math.round(comparable.share * 100)} % of their time-out`,
        ]),
  ].join('; ');
  const judged = {
    busy: 'the machine was busy',
    calm: 'the machine was not the reason',
    unknown: 'how busy the machine was is not known',
  }[judgeLoad(load)];
  return shown === '' ? judged : `${judged} (${shown})`;
};
