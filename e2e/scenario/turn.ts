import { relative } from 'node:path';
import { inject, type RunnerTask } from 'vitest';
import type { LockMarker } from '../evidence/history/markers.ts';
import { type SharedThing, sharedThings, usedByAll } from '../longhorn/shared.ts';
import type { Account } from '../observe/account.ts';
import { readExpectedTimes, timeKey } from '../report/expected-times.ts';
import { type Holder, joinLocks } from './locks/join.ts';

// First, as it may be long.
const unknownTime = Number.MAX_SAFE_INTEGER;

/** Waits until a scenario may begin, beside others, with all that everybody uses, the longest first; rejects when the signal aborts. */
export const awaitTurn = async ({ name, file }: Pick<RunnerTask, 'name' | 'file'>, signal: AbortSignal): Promise<Holder> => {
  const expected = readExpectedTimes()[timeKey({ name, file: relative(process.cwd(), file.filepath) })] ?? unknownTime;
  const holder = await joinLocks(inject('corralLocks'));
  try {
    await holder.hold({ shared: usedByAll, alone: [], expected }, signal);
    return holder;
  } catch (error) {
    holder.leave();
    throw error;
  }
};

/**
 * Makes what a step of a scenario calls to have things for itself alone: all that it ever needs, in one call, as two scenarios that have one thing
 * and wait for another could wait for each other. Its time does not run meanwhile. Returns how long it waited, in ms.
 */
export const createAlone = (
  holder: Holder,
  options: {
    declared: readonly SharedThing[];
    account: Account;
    paused: <T>(work: () => Promise<T>) => Promise<T>;
    signal: AbortSignal;
    tell: (marker: string, told: LockMarker) => void;
  },
): ((...things: SharedThing[]) => Promise<number>) => {
  const { declared, account, paused, signal, tell } = options;
  let asked = false;
  return async (...things) => {
    const undeclared = things.filter((thing) => !declared.includes(thing));
    if (undeclared.length > 0) throw new Error(`the scenario does not declare that it needs this alone: ${undeclared.join(', ')}`);
    if (asked) throw new Error('a scenario asks once for all that it needs alone');
    asked = true;
    const start = performance.now();
    const shared = usedByAll.filter((thing) => !things.includes(thing));
    const names = things.map((thing) => sharedThings[thing]).join(', ');
    tell(`asks to have for itself: ${names}`, { lock: { things, phase: 'asks' } });
    await paused(() => account.inLine(() => holder.hold({ shared, alone: things }, signal)));
    tell(`has for itself: ${names}`, { lock: { things, phase: 'has' } });
    return performance.now() - start;
  };
};
