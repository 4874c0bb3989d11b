import type { Entry, Timeline } from '../../../history/timeline.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { shorten } from '../../../kube/text.ts';
import { isHarmless } from '../../../longhorn/diagnosis/diagnose.ts';
import { type Event, timeOfEvent } from '../../../longhorn/job-types.ts';
import { catalogue } from '../../../longhorn/messages/catalogue.ts';
import { classify, nameWithClass } from '../../../longhorn/messages/classify.ts';
import type { Message } from '../../../longhorn/messages/row.ts';
import {
  saidByBackup,
  saidByEvent,
  saidBySnapshot,
  saidByTarget,
  saidByVolume,
} from '../../../longhorn/messages/said-by.ts';
import { longhornNamespace } from '../../../longhorn/resources.ts';
import type { BackupTarget } from '../../../longhorn/types.ts';
import type { Context, ExpectedMessage, MetMessage } from '../context.ts';
import type { Timelines } from '../timelines.ts';

type Options = {
  /** Only messages about these volumes, and their backups and snapshots, are judged. */
  volumes: readonly string[];
  expected: readonly ExpectedMessage[];
  version: string;
  /** The scenario's backup targets. */
  targets: readonly string[];
};

/**
 * Classifies Longhorn's messages on a scenario's backups, snapshots, volumes and backup targets; for a target, since
 * its store was found. Problems are: unknown texts, unexpected failures and configuration errors, messages that need
 * an action of the scenario, and temporary messages that are still there at the end.
 */
export const judgeMessages = (
  {
    backups,
    snapshots,
    backupTargets,
    volumes: watched,
  }: Pick<Timelines, 'backups' | 'snapshots' | 'backupTargets' | 'volumes'>,
  { volumes, targets, expected, version }: Options,
): { met: MetMessage[]; problems: string[] } => {
  const stories = [
    ...follow(backups, saidByBackup, ({ metadata }) =>
      volumes.includes(metadata.labels?.['backup-volume'] ?? ''),
    ),
    ...follow(snapshots, saidBySnapshot, ({ spec }) => volumes.includes(spec.volume)),
    ...follow(watched, saidByVolume, ({ metadata }) => volumes.includes(metadata.name)),
    ...targets.flatMap((target) => follow(sinceFound(backupTargets, target), saidByTarget, () => true)),
  ];
  const judged = stories.map(({ lasting, ...said }) => ({
    lasting,
    met: { ...said, classification: classify(said, version) },
  }));
  return {
    met: judged.map(({ met }) => met),
    problems: judged.flatMap(({ met, lasting }) => {
      const because = problemOf(met, { lasting, expected });
      return because === undefined ? [] : [`${because}: ${describe(met)}`];
    }),
  };
};

/** Lists each message once, with its class. */
export const summarizeMessages = (met: readonly MetMessage[]): string => {
  const names = met.map(({ classification }) => nameWithClass(classification));
  return [...new Set(names)].join(', ') || 'none';
};

// Longhorn may look before the network routes to a new server work, also when a target moves to one. Messages before
// the store was found are ignored, but count if it is never found.
const sinceFound = (
  { entries }: Pick<Timeline<BackupTarget>, 'entries'>,
  target: string,
): Pick<Timeline<BackupTarget>, 'entries'> => {
  const counted: Entry<BackupTarget>[] = [];
  let unfound: Entry<BackupTarget>[] = [];
  let isFound = false;
  let before: BackupTarget | undefined;
  for (const entry of entries) {
    if (entry.kind === 'gap' || entry.object.metadata.name !== target) continue;
    const { spec, status } = entry.object;
    // At this time the status is still that of the previous store.
    if (before !== undefined && before.spec.backupTargetURL !== spec.backupTargetURL) {
      counted.push(...unfound);
      [unfound, isFound] = [[], false];
    } else if (
      status?.available === true &&
      (before?.status?.available !== true || before.status.lastSyncedAt !== status.lastSyncedAt)
    )
      [unfound, isFound] = [[], true];
    (isFound ? counted : unfound).push(entry);
    before = entry.object;
  }
  return { entries: [...counted, ...unfound] };
};

const timeOf = (event: Event): number => Date.parse(timeOfEvent(event));

/**
 * Returns the warnings in events on the scenario's volumes, their engines, replicas and snapshots, and on nodes since
 * the first volume was made, without those that `explain` calls harmless. They fail no scenario, because slow machines
 * cause many warnings.
 */
export const warningsOf = async ({
  cluster,
  made,
  timelines,
  version,
}: Pick<Context, 'cluster' | 'made' | 'timelines' | 'version'>): Promise<MetMessage[]> => {
  const ofNames = [...made.volumes, ...made.snapshots];
  const births = timelines.volumes.entries.flatMap((entry) =>
    entry.kind !== 'gap' && made.volumes.includes(entry.object.metadata.name) ? [entry.at] : [],
  );
  const since = Math.min(...births);
  const isOwn = (event: Event): boolean => {
    const { kind, name = '' } = event.involvedObject;
    if (kind === 'Node') return timeOf(event) >= since;
    return ofNames.some((each) => name === each || name.startsWith(`${each}-`));
  };
  const { items } = await cluster.list<Event>(resources.events, { namespace: longhornNamespace });
  return items.filter(isOwn).flatMap((event): MetMessage[] => {
    const said = saidByEvent(event);
    if (said === undefined) return [];
    const of = event.involvedObject.name ?? '';
    const classification = classify(said, version);
    if (classification.class === 'unclassified' && isHarmless(said.text, said)) return [];
    return [{ ...said, of, at: timeOf(event), classification }];
  });
};

type Said = Message & { of: string; at: number; lasting: boolean };

// A text that stays on an object is one message, even if other fields change.
const follow = <T extends KubernetesObject>(
  { entries }: Pick<Timeline<T>, 'entries'>,
  say: (object: T) => Message[],
  belongs: (object: T) => boolean,
): Said[] => {
  const all: Said[] = [];
  const open = new Map<string, Said[]>();
  for (const entry of entries) {
    if (entry.kind === 'gap' || !belongs(entry.object)) continue;
    const of = entry.object.metadata.name;
    const before = open.get(of) ?? [];
    const now = (entry.kind === 'deleted' ? [] : say(entry.object)).map((message): Said => {
      const same = before.find(
        ({ field, state, text }) =>
          field === message.field && state === message.state && text === message.text,
      );
      return same ?? { ...message, of, at: entry.at, lasting: false };
    });
    all.push(...now.filter((said) => !before.includes(said)));
    open.set(of, now);
  }
  for (const said of [...open.values()].flat()) said.lasting = true;
  return all;
};

const problemOf = (
  { speaker, of, classification }: MetMessage,
  { lasting, expected }: { lasting: boolean; expected: readonly ExpectedMessage[] },
): string | undefined => {
  if (classification.class === 'unclassified') return 'unknown message (unclassified)';
  const { id, row } = classification;
  const own = expected.filter((each) => each.id === id && each.of === of);
  const asExpected = own.length > 0;
  if (row.only !== undefined && !asExpected)
    return `${id} (${row.class}) is only in order where ${row.only}, and this scenario did not do that`;
  // A replica may have no place for a moment, such as while a manager restarts.
  const passes = speaker === 'Volume' && row.class === 'configuration' && !lasting;
  if ((row.class === 'failure' || row.class === 'configuration') && !asExpected && !passes)
    return `${id} (${row.class}) was not expected`;
  const mayLast = own.some(({ lasts }) => lasts);
  if ((row.class === 'informational' || row.class === 'transient') && lasting && !mayLast)
    return `${id} (${row.class}) never went`;
  return undefined;
};

// The text of a failed deletion has some kilobytes. Its first few hundred characters matter.
const longestText = 700;

const describe = ({ speaker, of, field, state, at, text, classification }: MetMessage): string => {
  const where = `${speaker} ${of} (${state}), ${field}, at ${new Date(at).toISOString()}`;
  const quoted = `"${shorten(text, longestText)}"`;
  if (classification.class === 'unclassified') return `${where}: ${quoted}`;
  const { means, advice } = catalogue[classification.id];
  return `${where}: ${quoted}. ${means} ${advice}`;
};

/** A message of Longhorn and its entry in the catalogue, in words. */
export type ReportedMessage = { of: string; text: string; class: string; id: string | null; meaning: string };

const idOf = ({ classification }: MetMessage): string | undefined =>
  classification.class === 'unclassified' ? undefined : classification.id;

// Ignores the field and the object's state.
const isSame = (one: MetMessage, other: MetMessage): boolean =>
  one.of === other.of && one.text === other.text && idOf(one) === idOf(other);

/** Returns Longhorn's messages on a scenario's objects so far, each once, in the order of their first appearance. */
export const messagesOf = ({
  timelines,
  made,
  own,
  expected,
  version,
  warned,
}: Pick<Context, 'timelines' | 'made' | 'own' | 'expected' | 'version' | 'warned'>): ReportedMessage[] => {
  const targets = own.targets.map(({ name }) => name);
  const { met } = judgeMessages(timelines, { volumes: made.volumes, targets, expected, version });
  return [...met, ...warned]
    .toSorted((one, other) => one.at - other.at)
    .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index)
    .map(({ of, text: whole, classification }) => {
      const text = shorten(whole, longestText);
      return classification.class === 'unclassified'
        ? { of, text, class: 'unclassified', id: null, meaning: 'Nobody knows this message.' }
        : {
            of,
            text,
            class: classification.class,
            id: classification.id,
            meaning: `${classification.row.means} ${classification.row.advice}`,
          };
    });
};
