import { availableParallelism } from 'node:os';
import type { Pressure } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import type { Claims } from './claims.ts';

/** At least so many may be at work: on a machine that is always crowded a run has to end as well. */
const least = 2;

/** So many may be at work at first, for each processor. */
const firstPerCpu = 2;

/** Of its time, what the machine must have idle for one more scenario to begin. */
const idleForOneMore = 0.1;

/**
 * How many tasks may run or wait for each processor, beside those of before the run, without the machine
 * being crowded: what needs a processor then takes 1.5 times as long, and a scenario also waits for clocks.
 */
const crowdedFrom = 1.5;

/** A timer as late as this, in ms, tells of a crowded machine where its run queue cannot be read. */
const lateTimer = 1_000;

/**
 * How many scenarios may be at work from now on, by how many may be and are, and how busy the machine was
 * meanwhile: one more while it is idle for a part of its time, one fewer than there are while it is crowded.
 * As none is stopped, one fewer means that the next to end is not replaced.
 */
const nextPlaces = (
  { places, atWork }: { places: number; atWork: number },
  { idle, runQueue, timerDelay }: Pressure,
): number => {
  if (runQueue > crowdedFrom || timerDelay > lateTimer) return Math.max(least, Math.min(places, atWork - 1));
  return idle >= idleForOneMore && atWork >= places ? places + 1 : places;
};

/** How often it is decided anew, in ms: a scenario that has begun makes itself felt after some seconds. */
const decidedEvery = 5_000;

/**
 * Lets as many scenarios be at work at once as this machine has time for, from now until `stop`. `before` is
 * the run queue for each processor before the first began: what others run is no reason to play less, as it
 * takes its share of the machine all the same. `told` is given how many were at work, after each decision.
 */
export const adaptConcurrency = (
  claims: Pick<Claims, 'atWork' | 'limit'>,
  options: {
    processors?: number;
    before: number;
    take: () => Pressure;
    told: (concurrency: Concurrency) => void;
  },
): { stop(): void } => {
  const { processors = availableParallelism(), take, told } = options;
  let { before } = options;
  let places = Math.max(least, firstPerCpu * processors);
  const counts: number[] = [];
  const decide = (): void => {
    const [atWork, pressure] = [claims.atWork(), take()];
    // Before the first has begun, the suite's own start is the load.
    if (atWork === 0) return;
    // Others have ended since then.
    before = Math.min(before, pressure.runQueue);
    places = nextPlaces({ places, atWork }, { ...pressure, runQueue: pressure.runQueue - before });
    claims.limit(places);
    counts.push(atWork);
    const mean = counts.reduce((sum, each) => sum + each, 0) / counts.length;
    told({ least: Math.min(...counts), most: Math.max(...counts), mean: Math.round(mean * 10) / 10 });
  };
  claims.limit(places);
  const timer = setInterval(decide, decidedEvery).unref();
  return { stop: () => clearInterval(timer) };
};
