import type { Clock } from '../../../emulator/clocks.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { type LocalCluster, startLocalCluster } from '../support/local-cluster.ts';
import { conform } from './conform.ts';
import type { Patience } from './driver.ts';
import { groups, scripts } from './scripts.ts';

/**
 * By which clock the managers go, how long each wait may be, and which bug they have. `by` distinguishes its scripts from
 * those of others at the same time, whose processes are on the same machine: a letter that no hexadecimal number
 * has, as no random name can have it either.
 */
export type How = { by: string; clock: Clock; patience: Patience; mutant?: Mutant };

const on = async ({ clock, mutant }: How, work: (local: LocalCluster) => Promise<unknown>): Promise<void> => {
  const local = await startLocalCluster({ clock });
  try {
    await local.startManagers(mutant);
    await work(local);
  } finally {
    await local.stop();
  }
};

const runOn = async (local: LocalCluster, name: string, { by, clock, patience }: How): Promise<void> => {
  const index = Object.keys(scripts).indexOf(name);
  const staged = scripts[name];
  if (!staged) throw new Error(`there is no script for ${name}`);
  const node = local.nodes[index % local.nodes.length] ?? '';
  await conform(local, { name, staged, prefix: `${by}${index}-`, clock, patience, node });
};

/**
 * How each script ends; a rejection says how the emulator differs from the recording. All is over, clusters and
 * all, when `over` resolves.
 */
export type Endings = { of(name: string): Promise<void> | undefined; over: Promise<unknown> };

/** Starts scripts, all at once on a cluster of their own. */
export const runScripts = (names: readonly string[], how: How): Endings => {
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  // Each is looked at when its test comes to it, which may be later than its end.
  for (const { promise } of ends.values()) promise.catch(() => undefined);
  const all = on(how, (local) =>
    Promise.all(
      [...ends].map(async ([name, { resolve, reject }]) => {
        await runOn(local, name, how).then(resolve, reject);
      }),
    ),
  );
  // A cluster that does not come up ends them all.
  const over = all.catch((error) => {
    for (const { reject } of ends.values()) reject(error);
  });
  return { of: (name) => ends.get(name)?.promise, over };
};

/** Starts a script for each recording: those that disturb nobody on one cluster, the others each on its own. */
export const runAll = ({ together, apart }: { together: How; apart: How }): Endings => {
  const sets = [
    runScripts(groups.together, together),
    ...groups.apart.map((name) => runScripts([name], apart)),
  ];
  return {
    of: (name) => sets.map((set) => set.of(name)).find((ending) => ending !== undefined),
    over: Promise.all(sets.map((set) => set.over)),
  };
};
