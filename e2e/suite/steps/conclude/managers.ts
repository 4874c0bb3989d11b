import { entriesOf, lastEntryUpTo } from '../../../history/history.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Pod } from '../../../kube/pods.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { describePanic, readPanic } from '../../../longhorn/panic.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { scenarioAnnotation } from '../created-objects.ts';

/** How a longhorn-manager ended, in one line. */
type ManagerEnd = {
  text: string;
  /** Set if the container was restarted in the same pod, which keeps its previous log. */
  restarted?: { pod: string; container: string };
  /** The sequence number of the entry that showed it. */
  sequence: number;
};

/**
 * Finds longhorn-manager pods that went away or whose container was restarted. Some crashes of managers heal so fast
 * that no state of a backup shows them (longhorn#13245).
 */
const judgeManagers = ({ entries }: Timeline<Pod>): ManagerEnd[] => {
  const ends: ManagerEnd[] = [];
  const restarts = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'gap') continue;
    const { sequence } = entry;
    const { metadata, spec, status } = entry.object;
    const pod = `${metadata.name} on ${spec?.nodeName ?? 'no node'}`;
    if (entry.kind === 'deleted') ends.push({ text: `${pod} went`, sequence });
    for (const { name, restartCount = 0, lastState } of status?.containerStatuses ?? []) {
      const key = `${metadata.uid}/${name}`;
      const before = restarts.get(key);
      restarts.set(key, restartCount);
      if (before === undefined || restartCount <= before) continue;
      const { exitCode, reason } = lastState?.terminated ?? {};
      const text = `container ${name} of ${pod} was started again (its last end: exit code ${exitCode ?? 'not known'}, ${reason ?? 'no reason'})`;
      ends.push({ text, restarted: { pod: metadata.name, container: name }, sequence });
    }
  }
  return ends;
};

/** How managers were started again in their pods, one line each. */
export const restartsOf = (managers: Timeline<Pod>): string[] =>
  judgeManagers(managers).flatMap(({ text, restarted }) => (restarted === undefined ? [] : [text]));

type JudgeEndsContext = Pick<Context, 'cluster' | 'timelines' | 'made' | 'run' | 'version'>;

/** How a manager ended, in words, and whose action caused it. */
export type ReportedEnd = {
  text: string;
  whose: 'own' | 'others' | 'unknown';
  panic?: MessageId | undefined;
};

const foundBackupPanic: MessageId = 'manager-panics-on-found-backup';

/** The last lines of a log. The start of a deletion may be minutes before the end. */
const tailLines = 20_000;

/**
 * Describes how each manager ended. A panic over the removal of a backup names the backup in its last log, which
 * shows whose action caused it. An end without such a log is `unknown`, and fails every scenario that meets it.
 */
export const judgeEnds = (deps: JudgeEndsContext): Promise<ReportedEnd[]> =>
  Promise.all(judgeManagers(deps.timelines.managers).map((end) => judgeEnd(deps, end)));

const judgeEnd = async (deps: JudgeEndsContext, end: ManagerEnd): Promise<ReportedEnd> => {
  const { cluster, version, made, run } = deps;
  const { text, restarted } = end;
  if (restarted === undefined) return { text, whose: 'unknown' };
  const { pod: name, container } = restarted;
  const log = await cluster
    .logs({ namespace, name, container }, { previous: true, tailLines })
    .catch((error: Error) => error);
  if (log instanceof Error)
    return { text: `${text}; what it said before cannot be read: ${log.message}`, whose: 'unknown' };
  const panic = readPanic(log, version);
  if (panic === undefined) return { text, whose: 'unknown' };
  if (panic.row?.id === foundBackupPanic) {
    const isOwn = made.written.some(({ endsManagers }) => endsManagers);
    const who = isOwn ? "this scenario's" : 'which nobody of this scenario made';
    return {
      ...{ panic: panic.row.id, whose: isOwn ? 'own' : 'others' },
      text: `${text}: ${describePanic(panic, version)}; over a backup without labels, ${who}`,
    };
  }
  const about = panic.deletions.filter(({ backup }) => wasGone(deps, { backup, sequence: end.sequence }));
  const ownership = about.map(({ backup, volume }) => {
    const isOwn = made.volumes.includes(volume) || made.written.some((each) => each.volume === volume);
    if (isOwn) return { isOwn, who: `backup ${backup}, which is this scenario's` };
    const scenario = scenarioOf(deps, volume);
    if (scenario !== undefined) return { isOwn, who: `backup ${backup} of the scenario "${scenario}"` };
    const isOfRun = volume.startsWith(`corral-${run}-`);
    return {
      isOwn,
      who: `backup ${backup} of volume ${volume}, ${isOfRun ? 'of another scenario of this run' : 'which nobody of this run made'}`,
    };
  });
  const over =
    ownership.length === 0
      ? 'its log does not say over what'
      : `over the removal of ${ownership.map(({ who }) => who).join(' or ')}`;
  const whose = ownership.length === 0 ? 'unknown' : ownership.every(({ isOwn }) => isOwn) ? 'own' : 'others';
  return { text: `${text}: ${describePanic(panic, version)}; ${over}`, whose, panic: panic.row?.id };
};

// Undefined if the volume belongs to no scenario, or was gone before this one began.
const scenarioOf = ({ timelines: { volumes } }: JudgeEndsContext, volume: string): string | undefined =>
  lastEntryUpTo(volumes, volume, volumes.lastSequence())?.object.metadata.annotations?.[scenarioAnnotation] ??
  undefined;

// The process panics if the Backup object is gone before the removal of its files ends.
const wasGone = (
  { timelines }: JudgeEndsContext,
  { backup, sequence }: { backup: string; sequence: number },
): boolean => {
  const before = entriesOf(timelines.backups, backup).filter((entry) => entry.sequence < sequence);
  return before.length === 0 || before.at(-1)?.kind === 'deleted';
};
