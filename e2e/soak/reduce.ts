import type { SoakAction } from './actions.ts';

/** Whether a run of these actions fails. Undefined if the time for runs is over. */
type Fails = (actions: readonly SoakAction[]) => Promise<boolean | undefined>;

const numbers = ['volume', 'backup', 'place', 'fault'] as const;

const withFirst = (actions: readonly SoakAction[], number: (typeof numbers)[number]): SoakAction[] =>
  actions.map((action) => (number in action ? { ...action, [number]: 0 } : action));

/**
 * Reduces the actions of a failed run as long as it still fails. First it leaves out sequences of actions, long ones
 * and later ones first. Then it replaces the numbers of volumes, backups, places and faults by the first. Each
 * attempt is a run.
 */
export const reduceActions = async (failed: readonly SoakAction[], fails: Fails): Promise<SoakAction[]> => {
  let left = [...failed];
  let isOver = false;
  const attempt = async (fewer: SoakAction[]): Promise<void> => {
    if (isOver || fewer.length === 0) return;
    const still = await fails(fewer);
    isOver = still === undefined;
    if (still) left = fewer;
  };
  for (let count = left.length; count > 1; ) {
    count = Math.ceil(count / 2);
    for (let end = left.length; end > 0; end -= count)
      await attempt([...left.slice(0, Math.max(0, end - count)), ...left.slice(end)]);
  }
  for (const number of numbers) {
    const first = withFirst(left, number);
    if (JSON.stringify(first) !== JSON.stringify(left)) await attempt(first);
  }
  return left;
};
