import type { Pressure } from './pressure.ts';

/** The stored part of a pressure. `stalled` is missing if the kernel does not count it. */
export type KeptPressure = Pick<Pressure, 'runQueue' | 'timerDelay'> & { stalled?: number | undefined };

/** The evidence on whether the machine was busy while something did not happen in time. */
export type Load = {
  /** The pressure of the cluster's machine. Missing if the suite runs on another machine. */
  pressure?: KeptPressure | undefined;
  /** The longest time that the API server took for a response, or for starting a command in a pod, in ms. */
  slowestAnswer?: number | undefined;
  /**
   * Successful waits of the same kind in this run: their number, the longest (ms), and its share of the time-out, 0
   * to 1.
   */
  comparable?: { count: number; longest: number; share: number } | undefined;
};

// The time-out of a wait is several times its usual length. A machine with busy processors does not use that up; a
// machine that stands still does.
const still = { runQueue: 4, timerDelay: 2_000, slowestAnswer: 5_000 };
const strained = { stalled: 0.7, runQueue: 1.5, timerDelay: 1_000, slowestAnswer: 1_000 };
const usual = { share: 1 / 4 };
const long = { share: 1 / 2 };

/**
 * Whether the machine may be the reason for a time-out. `calm` needs evidence. On a strained machine, the evidence is
 * how long the same waits took elsewhere in this run.
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

/** Describes how busy a machine was. */
export const describePressure = ({ stalled, runQueue, timerDelay }: KeptPressure): string =>
  [
    ...(stalled === undefined
      ? []
      : [`tasks waited for a processor ${Math.round(stalled * 100)} % of the time`]),
    `${runQueue.toFixed(1)} ran or waited for each`,
    `timers fired up to ${seconds(timerDelay)} late`,
  ].join('; ');

/** Describes whether the machine was busy, with the evidence. */
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
