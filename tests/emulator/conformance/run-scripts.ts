import type { Clock } from '../../../emulator/clocks.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { type LocalCluster, startLocalCluster } from '../support/local-cluster.ts';
import { conform } from './conform.ts';
import type { Patience } from './driver.ts';
import { groups, scripts } from './scripts.ts';

/**
 * The clock of the managers, the time-out of each wait, and the bug that the managers have. `by` distinguishes these
 * scripts from others that run at the same time on this machine. It is a letter that no hexadecimal number has, so that
 * no random name contains it.
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
 * The result of each script. A rejection says how the emulator differs from the recording. `over` resolves when all
 * scripts and clusters have ended.
 */
export type Endings = { of(name: string): Promise<void> | undefined; over: Promise<unknown> };

/** Starts scripts at the same time on one new cluster. */
export const runScripts = (names: readonly string[], how: How): Endings => {
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  // A test awaits each of them, maybe long after its end.
  for (const { promise } of ends.values()) promise.catch(() => undefined);
  const all = on(how, (local) =>
    Promise.all(
      [...ends].map(async ([name, { resolve, reject }]) => {
        await runOn(local, name, how).then(resolve, reject);
      }),
    ),
  );
  // If the cluster does not start, all of them fail.
  const over = all.catch((error) => {
    for (const { reject } of ends.values()) reject(error);
  });
  return { of: (name) => ends.get(name)?.promise, over };
};

/** Starts a script for each recording: those that disturb no others on one cluster, the others on a cluster each. */
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
