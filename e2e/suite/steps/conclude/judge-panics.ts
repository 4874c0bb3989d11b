import { describePanic, readPanic } from '../../../longhorn/panic.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { judgeManagers, type ManagerEnd } from './judge-managers.ts';

type Ground = Pick<Context, 'cluster' | 'timelines' | 'made' | 'run' | 'version'>;

/** Names the scenario of the run that an object is of, by the object's name. */
export type ScenarioNamed = (object: string) => Promise<string | undefined>;

/** The end of a manager, in words, and whose it is: of this scenario, of somebody else, or nobody knows. */
export type ToldEnd = { told: string; whose: 'own' | 'others' | 'unknown' };

/** The kubelet keeps the end of a log; what a deletion said when it began may be minutes before. */
const tailLines = 20_000;

/**
 * Tells how each manager ended in a scenario's time. One that panicked over the removal of a backup says so in its last log, with the backup: it is
 * the doing of whose backup that is. An end of which the log does not tell that much is nobody's, so that it fails whoever meets it.
 */
export const judgeEnds = (ground: Ground, scenarioNamed: ScenarioNamed): Promise<ToldEnd[]> =>
  Promise.all(judgeManagers(ground.timelines.managers).map((end) => judgeEnd(ground, { end, scenarioNamed })));

const judgeEnd = async (ground: Ground, { end, scenarioNamed }: { end: ManagerEnd; scenarioNamed: ScenarioNamed }): Promise<ToldEnd> => {
  const { cluster, version, made, run } = ground;
  const { told, restarted } = end;
  if (restarted === undefined) return { told, whose: 'unknown' };
  const { pod: name, container } = restarted;
  const log = await cluster.logs({ namespace, name, container }, { previous: true, tailLines }).catch((error: Error) => error);
  if (log instanceof Error) return { told: `${told}; what it said before cannot be read: ${log.message}`, whose: 'unknown' };
  const panic = readPanic(log, version);
  if (panic === undefined) return { told, whose: 'unknown' };
  const about = panic.deletions.filter(({ backup }) => wasGone(ground, { backup, sequence: end.sequence }));
  const ownership = await Promise.all(
    about.map(async ({ backup, volume }) => {
      const isOwn = made.volumes.includes(volume) || made.written.some((each) => each.volume === volume);
      if (isOwn) return { isOwn, who: `backup ${backup}, which is this scenario's` };
      const scenario = await scenarioNamed(volume);
      if (scenario !== undefined) return { isOwn, who: `backup ${backup} of the scenario "${scenario}"` };
      const isOfRun = volume.startsWith(`corral-${run}-`);
      return {
        isOwn,
        who: `backup ${backup} of volume ${volume}, ${isOfRun ? 'of another scenario of this run' : 'which nobody of this run made'}`,
      };
    }),
  );
  const over =
    ownership.length === 0 ? 'its log does not tell over what' : `over the removal of ${ownership.map(({ who }) => who).join(' or ')}`;
  const whose = ownership.length === 0 ? 'unknown' : ownership.every(({ isOwn }) => isOwn) ? 'own' : 'others';
  return { told: `${told}: ${describePanic(panic, version)}; ${over}`, whose };
};

// The process panics over a removal whose Backup has gone before it ended.
const wasGone = ({ timelines }: Ground, { backup, sequence }: { backup: string; sequence: number }): boolean => {
  const before = timelines.backups.entries.filter(
    (entry) => entry.kind !== 'gap' && entry.object.metadata.name === backup && entry.sequence < sequence,
  );
  return before.length === 0 || before.at(-1)?.kind === 'deleted';
};
