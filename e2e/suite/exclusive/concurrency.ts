import { availableParallelism } from 'node:os';
import type { Pressure } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import type { Claims } from './claims.ts';

/**
 * How many may be at work at least and at first, for each processor. Beside much other load, eight scenarios
 * of which two to four were at work took 4 % less each than with six, and 21 % more together (a run of each).
 */
const perCpu = { least: 1.5, first: 2 };

/** At least so many may be at work, however few processors there are. */
const fewest = 2;

/** Of its time, what the machine must have idle for one more scenario to begin. */
const idleForOneMore = 0.1;

/**
 * The machine is crowded where what needs a processor takes more than this many times as long as for one
 * scenario alone: the bound for the median of the runs, which also wait for clocks.
 */
const slowestBy = 1.5;

/** A timer as late as this, in ms, means a crowded machine where its run queue cannot be read. */
const lateTimer = 1_000;

/**
 * How many scenarios may be at work from now on, by how many may be and are, and how busy the machine was
 * meanwhile: one more while it is idle for a part of its time, one fewer than there are while it is crowded.
 * As none is stopped, one fewer means that the next to end is not replaced.
 */
const nextPlaces = (
  { places, atWork }: { places: number; atWork: number },
  { idle, runQueue, timerDelay }: Pressure,
  { least, crowdedFrom }: { least: number; crowdedFrom: number },
): number => {
  if (runQueue > crowdedFrom || timerDelay > lateTimer) return Math.max(least, Math.min(places, atWork - 1));
  return idle >= idleForOneMore && atWork >= places ? places + 1 : places;
};

/** How often it is decided anew, in ms: a scenario that has begun makes itself felt after some seconds. */
const decidedEvery = 5_000;

/**
 * Lets as many scenarios be at work at once as this machine has time for, from now until `stop`. `before` is
 * the run queue for each processor before the first began: what others run takes its share of the machine
 * however few are run. `onCounted` is called with how many were at work, after each decision.
 */
export const adaptConcurrency = (
  claims: Pick<Claims, 'atWork' | 'limit'>,
  options: {
    processors?: number;
    before: number;
    take: () => Pressure;
    onCounted: (concurrency: Concurrency) => void;
  },
): { stop(): void } => {
  const { processors = availableParallelism(), before, take, onCounted } = options;
  // Tasks that run or wait, for each processor: with up to one, none waits.
  const crowdedFrom = slowestBy * Math.max(1, before + 1 / processors);
  const least = Math.max(fewest, Math.floor(perCpu.least * processors));
  let places = perCpu.first * processors;
  const counts: number[] = [];
  const decide = (): void => {
    const [atWork, pressure] = [claims.atWork(), take()];
    // Before the first has begun, the suite's own start is the load.
    if (atWork === 0) return;
    places = nextPlaces({ places, atWork }, pressure, { least, crowdedFrom });
    claims.limit(places);
    counts.push(atWork);
    const mean = counts.reduce((sum, each) => sum + each, 0) / counts.length;
    onCounted({ least: Math.min(...counts), most: Math.max(...counts), mean: Math.round(mean * 10) / 10 });
  };
  claims.limit(places);
  const timer = setInterval(decide, decidedEvery).unref();
  return { stop: () => clearInterval(timer) };
};
