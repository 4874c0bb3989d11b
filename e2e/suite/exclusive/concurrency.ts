import { availableParallelism } from 'node:os';
import type { Pressure } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import type { Claims } from './claims.ts';

/**
 * The minimum and the initial number of running scenarios, for each processor. Measured with much other load: eight
 * scenarios, two to four running, took 4 % less time each than with six running, and 21 % more in total (one run each).
 */
const perCpu = { least: 1.5, first: 2 };

/** The minimum number of running scenarios, independent of the number of processors. */
const fewest = 2;

/** The share of idle processor time that is needed to start one more scenario. */
const idleForOneMore = 0.1;

/**
 * The machine counts as crowded if work on the processor takes more than this factor of its time with one scenario.
 * It limits the median of all runs, which also wait for clocks.
 */
const slowestBy = 1.5;

/** In ms. If the run queue cannot be read, a timer this late shows a crowded machine. */
const lateTimer = 1_000;

/**
 * Returns the number of places for the next interval. It adds one while the machine has idle time, and takes one from
 * the number of running scenarios while it is crowded. Running scenarios are not stopped: with one place less, the next that ends
 * is not replaced.
 */
const nextPlaces = (
  { places, running }: { places: number; running: number },
  { idle, runQueue, timerDelay }: Pressure,
  { least, crowdedFrom }: { least: number; crowdedFrom: number },
): number => {
  if (runQueue > crowdedFrom || timerDelay > lateTimer) return Math.max(least, Math.min(places, running - 1));
  return idle >= idleForOneMore && running >= places ? places + 1 : places;
};

/** The interval between decisions in ms. The load of a new scenario shows after some seconds. */
const decidedEvery = 5_000;

/**
 * Adapts the number of running scenarios to the load of this machine, until `stop`. `before` is the run queue for
 * each processor before the first scenario, which is the load of other programs. `onCounted` is called with the
 * number of running scenarios after each decision.
 */
export const adaptConcurrency = (
  claims: Pick<Claims, 'countRunning' | 'limit'>,
  options: {
    processors?: number;
    before: number;
    take: () => Pressure;
    onCounted: (concurrency: Concurrency) => void;
  },
): { stop(): void } => {
  const { processors = availableParallelism(), before, take, onCounted } = options;
  // Running and waiting tasks for each processor. Up to 1, no task waits.
  const crowdedFrom = slowestBy * Math.max(1, before + 1 / processors);
  const least = Math.max(fewest, Math.floor(perCpu.least * processors));
  let places = perCpu.first * processors;
  const counts: number[] = [];
  const decide = (): void => {
    const [running, pressure] = [claims.countRunning(), take()];
    // Before the first scenario, the load is the start of the suite itself.
    if (running === 0) return;
    places = nextPlaces({ places, running }, pressure, { least, crowdedFrom });
    claims.limit(places);
    counts.push(running);
    const mean = counts.reduce((sum, each) => sum + each, 0) / counts.length;
    onCounted({ least: Math.min(...counts), most: Math.max(...counts), mean: Math.round(mean * 10) / 10 });
  };
  claims.limit(places);
  const timer = setInterval(decide, decidedEvery).unref();
  return { stop: () => clearInterval(timer) };
};
