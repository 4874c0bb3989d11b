import { setImmediate } from 'node:timers/promises';
import { inject, type RunnerTask } from 'vitest';
import type { TimeAccount } from '../../kube/time-account.ts';
import { type SharedResource, sharedResources, usedByEveryScenario } from '../../longhorn/shared.ts';
import { readExpectedTimes, timeKey } from '../../report/expected-times.ts';
import type { LockMarker } from '../evidence/history/markers.ts';
import type { Holder } from '../exclusive/holder.ts';

// A scenario of unknown duration starts first, because it may be long.
const unknownTime = Number.MAX_SAFE_INTEGER;

/**
 * Waits until a scenario may begin, sharing what all scenarios use. The longest scenarios begin first. One that needs
 * all volumes alone begins when all others have ended, because a scenario that waits keeps its volumes. Rejects when
 * the signal aborts. Returns undefined if `maxFailures` was reached.
 */
export const awaitTurn = async (
  { name, file }: Pick<RunnerTask, 'name' | 'file'>,
  { exclusive, signal }: { exclusive: readonly SharedResource[]; signal: AbortSignal },
): Promise<Holder | undefined> => {
  const expected = readExpectedTimes()[timeKey({ name, file: file.name })] ?? unknownTime;
  const last = exclusive.includes('all-volumes');
  const holder = inject('corralLocks').join();
  try {
    if (await holder.hold({ shared: usedByEveryScenario, exclusive: [], expected, last }, signal))
      return holder;
    holder.release();
    return undefined;
  } catch (error) {
    holder.release();
    throw error;
  }
};

/**
 * Waits until all other scenarios have ended, for a second run alone. Returns undefined if `maxFailures` was reached
 * or the run was interrupted.
 */
export const awaitLastTurn = async (signal: AbortSignal): Promise<Holder | undefined> => {
  if (signal.aborted) return undefined;
  const holder = inject('corralLocks').join();
  const granted = await holder
    .hold({ shared: usedByEveryScenario, exclusive: [], last: true }, signal)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return false;
    });
  if (granted) return holder;
  holder.release();
  return undefined;
};

/** What a scenario shares with others, or has alone. */
export type Turn = {
  /**
   * Gets things for this scenario alone. One call must name all things that it ever needs, so that two scenarios
   * cannot wait for each other. The scenario's time does not run meanwhile. Returns how long it waited, in ms.
   */
  exclusive(...things: SharedResource[]): Promise<number>;
  /**
   * Releases exclusive things, shared things and the place, while the scenario only reads its own objects. Does
   * nothing if it never had things alone.
   */
  releaseUntilCleanup(): Promise<void>;
  /**
   * Releases exclusive things, and shares them with others from now on, as before. The scenario's time does not run
   * while others have them alone. Does nothing if it has nothing alone. Returns how long it waited, in ms.
   */
  share(): Promise<number>;
  /**
   * Prepares the cleanup. The place goes to the next scenario, and things released by `releaseUntilCleanup` are
   * shared again as soon as nobody has them alone. If the scenario has nothing alone and left nothing in force,
   * waiting claims for things alone go first, where only this scenario blocks them.
   */
  cleanup(how: { isUrgent: boolean }): Promise<void>;
  /**
   * Prevents changes of backup targets by other scenarios until this one changes one or ends. Longhorn refuses such
   * changes while any volume is on standby (backuptarget/validator.go, validateDRVolume).
   */
  keepTargets(): Promise<void>;
  /** Changes backup targets once no other scenario prevents that. The scenario's time does not run while it waits. */
  changingTargets<T>(change: () => Promise<T>): Promise<T>;
  /** Whether it waits for the lock on backup targets. */
  awaitsTargets(): boolean;
  release(): void;
};

const awaitsOthers = {
  shared: 'Waiting until no other scenario changes its backup target',
  exclusive: 'Waiting until no other scenario has a volume on standby',
};

/** Creates the turn of a scenario that has begun and shares what all scenarios use. */
export const createTurn = (
  holder: Holder,
  options: {
    joinTargets: () => Holder;
    declared: readonly SharedResource[];
    account: TimeAccount;
    paused: <T>(work: () => Promise<T>) => Promise<T>;
    signal: AbortSignal;
    /**
     * Aborts when the run is interrupted. Then no fault is injected any more, and the cleanup does not wait for locks.
     */
    interrupted: AbortSignal;
    record: (marker: string, fields: LockMarker) => void;
    /** Reports the start of a step. Call `done` at its end. */
    step: (sentence: string) => { done(): void };
  },
): Turn => {
  const { joinTargets, declared, account, paused, signal, interrupted, record, step } = options;
  let requested: readonly SharedResource[] = [];
  let isReleased = false;
  let isShared = false;
  let keeper: Holder | undefined;
  let awaitsTargets = false;
  const holdTargets = async (how: 'shared' | 'exclusive'): Promise<Holder> => {
    const targets = joinTargets();
    const claim = { shared: [], exclusive: [], [how]: ['backup-targets'] };
    awaitsTargets = true;
    let waiting: { done(): void } | undefined;
    try {
      await paused(() =>
        account.waitForLock(() =>
          holder.pauseDuring(async () => {
            const granted = targets.hold(claim, interrupted);
            if (await Promise.race([granted.then(() => false), setImmediate(true)]))
              waiting = step(awaitsOthers[how]);
            await granted;
          }),
        ),
      );
    } catch (error) {
      // After an interruption, locks are not awaited.
      if (!interrupted.aborted) throw error;
    } finally {
      awaitsTargets = false;
      waiting?.done();
    }
    return targets;
  };
  const recordOf = (how: string, phase: LockMarker['lock']['phase']): void =>
    record(`${how}: ${requested.map((thing) => sharedResources[thing]).join(', ')}`, {
      lock: { things: requested, phase },
    });
  return {
    exclusive: async (...things) => {
      const undeclared = things.filter((thing) => !declared.includes(thing));
      if (undeclared.length > 0)
        throw new Error(
          `the scenario does not declare that it needs exclusive use of: ${undeclared.join(', ')}`,
        );
      if (requested.length > 0)
        throw new Error('a scenario requests exclusive use once, of all that it needs');
      // Prevents a deadlock: a scenario that waits to change a target would wait for this one, and this one for that.
      if (keeper !== undefined)
        throw new Error('a scenario requests exclusive use before it puts a volume on standby');
      requested = things;
      const start = performance.now();
      const shared = usedByEveryScenario.filter((thing) => !things.includes(thing));
      recordOf('requests exclusive use of', 'asks');
      await paused(() => account.waitForLock(() => holder.hold({ shared, exclusive: things }, signal)));
      recordOf('has exclusive use of', 'has');
      return performance.now() - start;
    },
    releaseUntilCleanup: async () => {
      if (requested.length === 0 || isReleased) return;
      isReleased = true;
      await holder.hold({ shared: [], exclusive: [], withoutPlace: true }, signal);
      recordOf('ends exclusive use of', 'gave-back');
    },
    share: async () => {
      if (requested.length === 0 || isReleased || isShared) return 0;
      // As for exclusive use: a scenario that waits to change a target would wait for this one, and this one for that.
      if (keeper !== undefined)
        throw new Error('a scenario shares its exclusive things again before it puts a volume on standby');
      isShared = true;
      const start = performance.now();
      recordOf('ends exclusive use of', 'gave-back');
      const claim = { shared: usedByEveryScenario, exclusive: [] };
      await paused(() => account.waitForLock(() => holder.hold(claim, signal)));
      return performance.now() - start;
    },
    cleanup: async ({ isUrgent }) => {
      const isAlone = requested.length > 0 && !isShared;
      if (!isReleased && (isUrgent || isAlone || keeper !== undefined)) return holder.releasePlace();
      const again = isReleased
        ? holder.hold({ shared: usedByEveryScenario, exclusive: [], withoutPlace: true }, interrupted)
        : holder.letOthersFirst(interrupted);
      // After an interruption, no other scenario can conflict with the cleanup.
      await account.waitForLock<unknown>(() => again).catch(() => {});
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
