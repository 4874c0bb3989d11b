import { faultsByLedgerName } from '../../faults/faults.ts';
import { formatDuration } from '../../kube/duration.ts';
import { pluralize } from '../../kube/text.ts';
import { type LonghornClocks, longhornClocks } from '../../longhorn/clocks.ts';
import { leaseClock } from '../../store/lease.ts';
import type { IdleLimits } from '../../store/wait-until-idle.ts';
import { storeIdleLimits, type Timeouts, timeoutsOn } from '../steps/timeouts.ts';
import { explainHanging, leftOverName } from './explain.ts';
import { findLeftOver, type LeftOver, type Search } from './find.ts';
import { findActiveRuns } from './find-active-runs.ts';
import { cleanupKinds, type KindName, kindNames } from './kinds.ts';
import { untilPoliciesGone } from './policies.ts';
import { type Removal, removeAll } from './remove.ts';
import { emptyStores, objectsInUse, targetsWithoutStore } from './stores.ts';

/**
 * What to clean up. Only tests change `clocks` (Longhorn's), `timeouts`, `quiet` (of the stores) and `counts` (how
 * many seconds a Lease counts).
 */
export type CleanupOptions = Pick<Removal, 'cluster' | 'force' | 'print'> &
  Search & {
    dryRun: boolean;
    clocks?: LonghornClocks;
    timeouts?: Timeouts;
    quiet?: IdleLimits;
    counts?: number;
  };

/**
 * Removes what runs have left in a cluster. Returns whether nothing is left. Prints each removal, and for an object
 * that hangs the controller that should have removed its finalizer. Runs that are under way are printed and not
 * touched.
 */
export const cleanup = async (options: CleanupOptions): Promise<boolean> => {
  const {
    cluster,
    wanted,
    namespace,
    dryRun,
    print,
    force,
    clocks = longhornClocks,
    counts = leaseClock.counts,
  } = options;
  const { timeouts = timeoutsOn(clocks), quiet = storeIdleLimits(clocks) } = options;
  const start = performance.now();
  const found = await findLeftOver(cluster, { wanted, namespace });
  if (found.length === 0) {
    print(
      wanted === 'all' ? 'nothing is left of any run' : `nothing is left of run ${[...wanted].join(', ')}`,
    );
    return true;
  }
  for (const line of summary(found)) print(line);
  const active = await findActiveRuns(cluster, new Set(found.map(({ run }) => run)), {
    namespace,
    counts,
    print,
  });
  for (const run of active)
    print(
      `run ${run} is still under way, and nothing of it is touched: let it end, or interrupt it (Ctrl-C), which cleans up as well`,
    );
  const removable = found.filter(({ run }) => !active.has(run));
  if (dryRun) {
    for (const each of removable) print(`would remove ${leftOverName(each)}`);
    return false;
  }
  // By run id, because some left objects have no run label.
  const runs = new Set(removable.map(({ run }) => run));
  const findLeft = (): Promise<LeftOver[]> => findLeftOver(cluster, { wanted: runs, namespace });
  const healed = await removeInTurn(
    { cluster, timeouts, force, print },
    { found: removable, findLeft, namespace, clocks, quiet },
  );
  const left = await findLeft();
  for (const each of left) print(`left: ${await explainHanging(cluster, each, left)}`);
  const gone = removable.filter(({ object }) =>
    left.every((each) => each.object.metadata.uid !== object.metadata.uid),
  );
  print(
    `${pluralize(gone.length, 'object')} removed in ${formatDuration(performance.now() - start)}, ${left.length || 'nothing'} left`,
  );
  return healed && left.length === 0 && active.size === 0;
};

const removeInTurn = async (
  removal: Removal,
  {
    found,
    findLeft,
    namespace,
    clocks,
    quiet,
  }: Pick<Search, 'namespace'> & {
    found: readonly LeftOver[];
    findLeft: () => Promise<LeftOver[]>;
    clocks: LonghornClocks;
    quiet: IdleLimits;
  },
): Promise<boolean> => {
  const { cluster, print } = removal;
  const remove = async (leftOver: readonly LeftOver[], names: readonly KindName[]): Promise<void> => {
    for (const kind of names)
      await removeAll(
        removal,
        kind,
        leftOver.filter((each) => each.kind === kind),
      );
  };
  await remove(found, ['bindings', 'policies']);
  await untilPoliciesGone(cluster, found, print);
  const healed = await heal(removal, { runs: new Set(found.map(({ run }) => run)), namespace });
  await remove(found, [
    'systemRestores',
    'volumeSnapshots',
    'volumeSnapshotContents',
    'recurringJobs',
    'cronJobs',
    'jobs',
    'jobPods',
  ]);
  // Also finds what the last runs of the recurring jobs made.
  const rest = await findLeft();
  const withoutStore = await targetsWithoutStore(cluster, rest);
  const forgotten = rest.filter(({ object }) =>
    withoutStore.has(object.metadata.labels?.['backup-target'] ?? ''),
  );
  for (const target of withoutStore)
    print(`backup target ${target}: its store is gone, so that its backups go with it, and not one by one`);
  const others = rest.filter((each) => !forgotten.includes(each));
  await remove(others, ['backups']);
  const stays = await objectsInUse(cluster, rest, {
    lockLife: Math.ceil(clocks.lockLife / 1000),
    ...quiet,
    print,
  });
  const goes = (leftOver: readonly LeftOver[]): LeftOver[] =>
    leftOver.filter((each) => !stays.includes(each));
  await remove(goes(others), ['backupVolumes', 'volumes', 'snapshots']);
  await remove(await findLeft(), ['attachments', 'engines', 'replicas']);
  await remove(goes(others), ['systemBackups', 'backupTargets']);
  await remove(forgotten, ['backups', 'backupVolumes']);
  const emptied = await emptyStores(cluster, goes(rest), print);
  if (emptied) await remove(goes(rest), kindNames.slice(kindNames.indexOf('credentials')));
  return healed && emptied;
};

const heal = async (
  { cluster, print }: Removal,
  { runs, namespace }: Pick<Search, 'namespace'> & { runs: Iterable<string> },
): Promise<boolean> => {
  let healed = true;
  for (const run of runs)
    for (const [{ needs, healByLabels }] of faultsByLedgerName.values()) {
      // The objects of other faults are a cleanup kind, or these faults end by themselves.
      if (needs === undefined) continue;
      try {
        for (const line of (await healByLabels?.(cluster, run, namespace)) ?? []) print(`healed: ${line}`);
      } catch (error) {
        healed = false;
        print(`not healed: ${(error as Error).message}`);
      }
    }
  return healed;
};

/** Returns one line for each run with what it has left. */
const summary = (found: readonly LeftOver[]): string[] =>
  [...Map.groupBy(found, ({ run }) => run)].map(([run, ofRun]) => {
    const counted = kindNames.flatMap((kind) => {
      const { length } = ofRun.filter((each) => each.kind === kind);
      return length === 0 ? [] : [pluralize(length, cleanupKinds[kind].what)];
    });
    return `run ${run} has left ${counted.join(', ')}`;
  });
