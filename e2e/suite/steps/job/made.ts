import type { Backup, Snapshot } from '../../../longhorn/types.ts';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import { ExpectationError } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Tick } from './handles.ts';

/** What appeared for a volume from one run's mark to that of the next. */
export type MadeByTick = { tick: Tick; backups: Backup[]; snapshots: Snapshot[] };

type Timelines = { backups: Timeline<Backup>; snapshots: Timeline<Snapshot> };

/**
 * What each run made, `others` left out, which steps have made; what appeared later than the last run's mark counts as that one's. Throws, as not provable, where a
 * watch lost a stretch.
 */
export const madeByTicks = (
  { backups, snapshots }: Timelines,
  { volume, ticks, others = [] }: { volume: string; ticks: readonly Tick[]; others?: readonly string[] },
): MadeByTick[] => {
  const from = ticks[0]?.from ?? 0;
  const ofVolume = appeared(backups, from).filter(({ object }) => object.metadata.labels?.['backup-volume'] === volume);
  const taken = appeared(snapshots, from).filter(({ object }) => object.spec.volume === volume);
  const isOwn = ({ object }: { object: KubernetesObject }): boolean => !others.includes(object.metadata.name);
  return ticks.map((tick, index) => {
    const end = ticks[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const within = ({ sequence }: { sequence: number }): boolean => sequence > tick.from && sequence <= end;
    return {
      tick,
      backups: ofVolume
        .filter(isOwn)
        .filter(within)
        .map(({ object }) => object),
      snapshots: taken
        .filter(isOwn)
        .filter(within)
        .map(({ object }) => object),
    };
  });
};

/** What is wrong with what the runs made, a line each: a run makes one snapshot, and one backup of it. */
export const problemsOf = (made: readonly MadeByTick[]): string[] =>
  made.flatMap(({ tick, backups, snapshots }) => {
    const wanted = tick.makes ? 1 : 0;
    const told = [
      [backups, 'backup'],
      [snapshots, 'snapshot'],
    ] as const;
    const counts = told.flatMap(([found, what]) =>
      found.length === wanted
        ? []
        : [
            `${tick.label} made ${found.length} ${what}s, not ${wanted}: ${found.map(({ metadata }) => metadata.name).join(', ') || 'none'}`,
          ],
    );
    const [backup, snapshot] = [backups[0], snapshots[0]];
    const isOfAnother = backup !== undefined && snapshot !== undefined && backup.spec.snapshotName !== snapshot.metadata.name;
    return isOfAnother
      ? [...counts, `${tick.label} backed up snapshot ${backup.spec.snapshotName}, and not ${snapshot.metadata.name}, which it took`]
      : counts;
  });

const appeared = <T extends KubernetesObject>({ entries, label }: Timeline<T>, from: number) => {
  const seen = new Set<string | undefined>();
  const found: { sequence: number; object: T }[] = [];
  for (const entry of entries) {
    if (entry.kind === 'gap') {
      if (entry.sequence > from)
        throw notProvable(`the watch of ${label} lost a stretch (${entry.reason}): what the runs made is not known`);
      continue;
    }
    const { uid } = entry.object.metadata;
    if (!seen.has(uid) && entry.sequence > from) found.push({ sequence: entry.sequence, object: entry.object });
    seen.add(uid);
  }
  return found;
};

/** Neither passed nor failed: the watch cannot vouch for the stretch that decides. */
export const notProvable = (reason: string): ExpectationError =>
  new ExpectationError({ state: 'not-provable', reason, at: Date.now(), steps: [], last: undefined, text: reason });
