import { setImmediate } from 'node:timers/promises';
import { inject, type RunnerTask } from 'vitest';
import type { UsageAccount } from '../../kube/account.ts';
import { type SharedThing, sharedThings, usedByAll } from '../../longhorn/shared.ts';
import { readExpectedTimes, timeKey } from '../../report/expected-times.ts';
import type { LockMarker } from '../evidence/history/markers.ts';
import type { Holder } from '../exclusive/holder.ts';

// First, as it may be long.
const unknownTime = Number.MAX_SAFE_INTEGER;

/**
 * Waits until a scenario may begin, beside others, with all that everybody uses, the longest first; rejects
 * when the signal aborts. Undefined where so many have failed that nothing new begins.
 */
export const awaitTurn = async (
  { name, file }: Pick<RunnerTask, 'name' | 'file'>,
  signal: AbortSignal,
): Promise<Holder | undefined> => {
  const expected = readExpectedTimes()[timeKey({ name, file: file.name })] ?? unknownTime;
  const holder = inject('corralLocks').join();
  try {
    if (await holder.hold({ shared: usedByAll, exclusive: [], expected }, signal)) return holder;
    holder.release();
    return undefined;
  } catch (error) {
    holder.release();
    throw error;
  }
};

/**
 * Waits until all other scenarios of the run have ended, for one that is run a second time, alone. Undefined
 * where nothing new begins, as so many have failed, or the run was interrupted.
 */
export const awaitLastTurn = async (signal: AbortSignal): Promise<Holder | undefined> => {
  if (signal.aborted) return undefined;
  const holder = inject('corralLocks').join();
  const granted = await holder
    .hold({ shared: usedByAll, exclusive: [], last: true }, signal)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return false;
    });
  if (granted) return holder;
  holder.release();
  return undefined;
};

/** What a scenario has beside others, or for itself alone. */
export type Turn = {
  /**
   * Has things for itself alone: all that it ever needs, in one call, as two scenarios that have one thing
   * and wait for another could wait for each other. Its time does not run meanwhile. Returns how long it
   * waited, in ms.
   */
  exclusive(...things: SharedThing[]): Promise<number>;
  /**
   * Releases what it has alone, what it shares and its place, while it only looks at what is its own; where
   * it never asked to be alone, nothing.
   */
  releaseUntilCleanup(): Promise<void>;
  /**
   * For the cleanup: its place is the next one's, and what `releaseUntilCleanup` released it shares again, as
   * soon as nobody has that alone. Who has nothing alone, and left nothing in force, cleans up after those whom
   * nobody else at work keeps from having things alone.
   */
  cleanup(how: { isUrgent: boolean }): Promise<void>;
  /**
   * From now on no other scenario changes or removes a backup target, until this one does so itself, or ends:
   * Longhorn refuses that while any volume is on standby (backuptarget/validator.go, validateDRVolume).
   */
  keepTargets(): Promise<void>;
  /** Changes or removes backup targets once no other scenario keeps them; its time does not run while it waits. */
  changingTargets<T>(change: () => Promise<T>): Promise<T>;
  /** Whether it waits with a change of backup targets. */
  awaitsTargets(): boolean;
  /** Releases everything. */
  release(): void;
};

const awaitsOthers = {
  shared: 'Waiting until no other scenario changes its backup target',
  exclusive: 'Waiting until no other scenario has a volume on standby',
};

/** Makes the turn of a scenario that has begun, with what all share. */
export const createTurn = (
  holder: Holder,
  options: {
    joinTargets: () => Holder;
    declared: readonly SharedThing[];
    account: UsageAccount;
    paused: <T>(work: () => Promise<T>) => Promise<T>;
    signal: AbortSignal;
    /**
     * Aborts when the run is interrupted: nobody kills anything any more, and the cleanup waits for nobody.
     */
    interrupted: AbortSignal;
    record: (marker: string, fields: LockMarker) => void;
    /** Reports a step that begins; what it returns is called at its end. */
    step: (sentence: string) => { done(): void };
  },
): Turn => {
  const { joinTargets, declared, account, paused, signal, interrupted, record, step } = options;
  let requested: readonly SharedThing[] = [];
  let isReleased = false;
  let keeper: Holder | undefined;
  let awaitsTargets = false;
  const holdTargets = async (how: 'shared' | 'exclusive'): Promise<Holder> => {
    const targets = joinTargets();
    const claim = { shared: [], exclusive: [], [how]: ['backup-targets'] };
    awaitsTargets = true;
    let waiting: { done(): void } | undefined;
    try {
      await paused(() =>
        account.inLine(() =>
          holder.pauseDuring(async () => {
            const granted = targets.hold(claim, interrupted);
            if (await Promise.race([granted.then(() => false), setImmediate(true)]))
              waiting = step(awaitsOthers[how]);
            await granted;
          }),
        ),
      );
    } catch (error) {
      // After an interruption nobody is waited for.
      if (!interrupted.aborted) throw error;
    } finally {
      awaitsTargets = false;
      waiting?.done();
    }
    return targets;
  };
  const recordOf = (how: string, phase: LockMarker['lock']['phase']): void =>
    record(`${how}: ${requested.map((thing) => sharedThings[thing]).join(', ')}`, {
      lock: { things: requested, phase },
    });
  return {
    exclusive: async (...things) => {
      const undeclared = things.filter((thing) => !declared.includes(thing));
      if (undeclared.length > 0)
        throw new Error(
          `the scenario does not declare that it needs this for itself: ${undeclared.join(', ')}`,
        );
      if (requested.length > 0) throw new Error('a scenario asks once for all that it needs alone');
      // Who waits to change a target would wait for this one, and this one for them.
      if (keeper !== undefined)
        throw new Error('a scenario asks for what it needs alone before it puts a volume on standby');
      requested = things;
      const start = performance.now();
      const shared = usedByAll.filter((thing) => !things.includes(thing));
      recordOf('asks to have for itself', 'asks');
      await paused(() => account.inLine(() => holder.hold({ shared, exclusive: things }, signal)));
      recordOf('has for itself', 'has');
      return performance.now() - start;
    },
    releaseUntilCleanup: async () => {
      if (requested.length === 0 || isReleased) return;
      isReleased = true;
      await holder.hold({ shared: [], exclusive: [], withoutPlace: true }, signal);
      recordOf('gives back', 'gave-back');
    },
    cleanup: async ({ isUrgent }) => {
      if (!isReleased && (isUrgent || requested.length > 0 || keeper !== undefined))
        return holder.releasePlace();
      const again = isReleased
        ? holder.hold({ shared: usedByAll, exclusive: [], withoutPlace: true }, interrupted)
        : holder.letOthersFirst(interrupted);
      // After an interruption nobody is left who could be at odds with it.
      await account.inLine<unknown>(() => again).catch(() => {});
    },
    keepTargets: async () => {
      keeper ??= await holdTargets('shared');
    },
    changingTargets: async (change) => {
      keeper?.release();
      keeper = undefined;
      const changer = await holdTargets('exclusive');
      try {
        return await change();
      } finally {
        changer.release();
      }
    },
    awaitsTargets: () => awaitsTargets,
    release: () => {
      keeper?.release();
      holder.release();
    },
  };
};
