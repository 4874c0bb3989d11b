import { changesBetween } from './changes.ts';
import type { Bar, Gap, Lane, ObjectEvent } from './data.ts';
import type { EventLine, GapLine, HistoryLineOf } from './read-history.ts';
import { jobState, podState } from './states-of-kubernetes.ts';
import {
  attachmentState,
  backupStateText,
  snapshotState,
  targetState,
  volumeState,
} from './states-of-longhorn.ts';
import type { StateOf, WatchedObject } from './watched.ts';

/** The key of an object's lane. */
export const laneKey = (resource: string, name: string): string => `${resource}/${name}`;

const isEvent = (line: HistoryLineOf): line is EventLine => 'object' in line;
const isGap = (line: HistoryLineOf): line is GapLine => 'type' in line && line.type === 'GAP';

const isSame = (one: Omit<Bar, 'from' | 'to'>, other: Omit<Bar, 'from' | 'to'>): boolean =>
  one.state === other.state && one.tone === other.tone && one.texts.join('\n') === other.texts.join('\n');

const barsOf = (resource: string, lines: readonly EventLine[], seconds: number): Bar[] => {
  const bars: Bar[] = [];
  let open: Bar | undefined;
  for (const { at, type, object } of lines) {
    if (open !== undefined) open.to = at;
    const state = stateOf(resource, object);
    if (type === 'DELETED') open = undefined;
    else if (open === undefined || !isSame(open, state)) {
      open = { from: at, to: at, ...state };
      bars.push(open);
    }
  }
  if (open !== undefined) open.to = Math.max(open.from, seconds);
  return bars;
};

const eventsOf = (lines: readonly EventLine[]): ObjectEvent[] => {
  let before: WatchedObject | undefined;
  return lines.map(({ at, type, object }) => {
    // After a deletion the next event contains the whole object: a new object of the same name inherits nothing.
    const changes = changesBetween(before, object);
    before = type === 'DELETED' ? undefined : object;
    return { at, type, changes };
  });
};

/** The gaps in the watch of a resource: from the last time at which it was complete to its next event. */
export const gapsOf = (lines: readonly HistoryLineOf[], resource: string, seconds: number): Gap[] =>
  lines.filter(isGap).flatMap((gap) => {
    if (gap.resource !== resource) return [];
    const next = lines.find((line) => isEvent(line) && line.resource === resource && line.at >= gap.at);
    return [{ from: gap.since ?? gap.at, to: next?.at ?? Math.min(gap.at, seconds), reason: gap.reason }];
  });

/** A lane for each object that a watch reported, with its states as bars and its events. */
export const objectLanes = (lines: readonly HistoryLineOf[], seconds: number): Map<string, Lane> => {
  const byObject = Map.groupBy(lines.filter(isEvent), ({ resource, object }) =>
    laneKey(resource, String(object.metadata?.name)),
  );
  const gaps = new Map<string, Gap[]>();
  const lanes = [...byObject].map(([key, events]): [string, Lane] => {
    const { resource, object } = events[0] as EventLine;
    if (!gaps.has(resource)) gaps.set(resource, gapsOf(lines, resource, seconds));
    const symbols = events
      .filter(({ type }) => type === 'DELETED')
      .map(({ at }) => ({ at, shape: 'gone' as const, text: 'gone' }));
    const bars = barsOf(resource, events, seconds);
    return [
      key,
      {
        kind: resource,
        name: String(object.metadata?.name),
        bars,
        symbols,
        expectations: [],
        gaps: gaps.get(resource) ?? [],
        events: eventsOf(events),
      },
    ];
  });
  return new Map(lanes);
};

const byResource: Record<string, StateOf> = {
  backups: backupStateText,
  backuptargets: targetState,
  jobs: jobState,
  pods: podState,
  snapshots: snapshotState,
  volumeattachments: attachmentState,
  volumes: volumeState,
};

/** The state of an object and its messages. For an object with a deletionTimestamp the state is "deleting". */
export const stateOf: (resource: string, object: WatchedObject) => ReturnType<StateOf> = (
  resource,
  object,
) => {
  const state = byResource[resource]?.(object) ?? { state: 'exists', tone: 'quiet', texts: [] };
  if (object.metadata?.deletionTimestamp === undefined) return state;
  const isSaid = /deleting/i.test(state.state);
  return {
    ...state,
    state: isSaid ? state.state : `deleting (${state.state})`,
    tone: state.tone === 'bad' ? 'bad' : 'going',
  };
};
