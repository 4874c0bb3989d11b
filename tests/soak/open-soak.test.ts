import { expect, test } from 'vitest';
import type { SoakAction } from '../../e2e/soak/actions.ts';
import { openSoak } from '../../e2e/soak/open-soak.ts';

type Steps = Parameters<typeof openSoak>[0];

/** Runs actions with steps that only note their names. `fails`: the step that throws. */
const run = async (actions: SoakAction[], { fails }: { fails?: string } = {}) => {
  const calls: string[] = [];
  let made = 0;
  const target = { name: 'target' };
  const volume = { name: 'volume', target };
  const results: Record<string, () => unknown> = {
    'given.volume': () => volume,
    'when.backedUp': () => ({ name: `backup-${++made}`, volume }),
    'then.ends': () => true,
  };
  const stepsOf = (kind: string) =>
    new Proxy(
      {},
      {
        get: (_, name: string) => async () => {
          const step = `${kind}.${name}`;
          calls.push(step);
          if (step === fails) throw new Error(`${step} failed`);
          return results[step]?.();
        },
      },
    );
  const steps = Object.fromEntries(['given', 'when', 'then'].map((kind) => [kind, stepsOf(kind)]));
  const error = await openSoak(steps as unknown as Steps)(actions).catch((thrown: Error) => thrown.message);
  return { calls, error };
};

const backUp: SoakAction = { do: 'back up', volume: 0 };
const remove: SoakAction = { do: 'delete', volume: 0, backup: 0 };
const lock: SoakAction = { do: 'lock the volume', volume: 0, backup: 0 };

/** The steps until the first deletion, from the end of the backup on. */
const beforeDeletion = ({ calls }: { calls: string[] }): string[] =>
  calls.slice(calls.lastIndexOf('when.backedUp') + 1, calls.indexOf('when.deleted'));

test('the store is judged before an action on a backup, if nothing is under way for its volume', async () => {
  expect(beforeDeletion(await run([backUp, remove]))).toContain('then.storeHolds');
  // The second backup has not ended yet.
  expect(beforeDeletion(await run([backUp, backUp, remove]))).not.toContain('then.storeHolds');
  // The lock is a file in the store that Longhorn has not made.
  const locked = beforeDeletion(await run([backUp, lock, remove]));
  expect(locked.slice(locked.indexOf('given.foreignLock'))).not.toContain('then.storeHolds');
});

test('the store is judged before a target or a backup volume is removed', async () => {
  for (const [action, step] of [
    ['take the target away', 'when.targetRemoved'],
    ['delete the backup volume', 'when.backupVolumeDeleted'],
  ] as const) {
    const { calls } = await run([backUp, { do: action, volume: 0 }], { fails: step });
    expect(calls.slice(0, calls.indexOf(step)), action).toContain('then.storeHolds');
  }
});

test('a run that fails heals its faults', async () => {
  const { calls, error } = await run([backUp, lock, remove], { fails: 'when.deleted' });
  expect(error).toBe('when.deleted failed');
  expect(calls.at(-1)).toBe('when.lockRemoved');
});
