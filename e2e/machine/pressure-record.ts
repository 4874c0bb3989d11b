import type { KeptPressure } from './load.ts';
import { openPressureMeter, type PressureMeter } from './pressure.ts';

/** Records how busy the machine is, until it is closed. */
export type PressureRecord = {
  /** The pressure between two times (ms since the epoch). Undefined if nothing was measured then. */
  during(from: number, to: number): KeptPressure | undefined;
  close(): void;
};

const measuredEvery = 2_000;

type Entry = KeptPressure & { from: number; to: number };

/** Opens a record with an entry every 2 s. It does not keep the process alive. */
export const openPressureRecord = (meter: PressureMeter = openPressureMeter()): PressureRecord => {
  const entries: Entry[] = [];
  let since = Date.now();
  const measure = (): void => {
    const to = Date.now();
    const { stalled, runQueue, timerDelay } = meter.take();
    entries.push({ from: since, to, runQueue, timerDelay, ...(stalled !== undefined && { stalled }) });
    since = to;
  };
  const timer = setInterval(measure, measuredEvery);
  timer.unref();
  return {
    during: (from, to) => {
      measure();
      return together(entries.filter((each) => each.to > from && each.from < to));
    },
    close: () => {
      clearInterval(timer);
      meter.close();
    },
  };
};

const together = (entries: readonly Entry[]): KeptPressure | undefined => {
  const length = entries.reduce((sum, { from, to }) => sum + (to - from), 0);
  if (length === 0) return undefined;
  const mean = (of: (entry: Entry) => number): number =>
    entries.reduce((sum, entry) => sum + of(entry) * (entry.to - entry.from), 0) / length;
  const isCounted = entries.every(({ stalled }) => stalled !== undefined);
  return {
    runQueue: mean(({ runQueue }) => runQueue),
    timerDelay: Math.max(...entries.map(({ timerDelay }) => timerDelay)),
    ...(isCounted && { stalled: mean(({ stalled = 0 }) => stalled) }),
  };
};
