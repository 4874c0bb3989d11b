import { applyChanges, type ValueChange, valueAt } from '../changes.ts';
import type { Lane } from '../data.ts';
import { lastAtOrBefore } from './search.ts';

/** An object at a moment, and a description of the changes that the last event before that moment made. */
type ObjectAtMoment = {
  object: unknown;
  at: number;
  type: string;
  changes: { path: (string | number)[]; text: string }[];
  index: number;
};

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'nothing');
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
};

const describeChange = (before: unknown, [path, ...after]: ValueChange): string => {
  const name = path.join('.');
  const was = valueAt(before, path);
  if (after.length === 0) return `${name}: ${shown(was)} is gone`;
  return was === undefined
    ? `${name}: ${shown(after[0])} is new`
    : `${name}: ${shown(was)} → ${shown(after[0])}`;
};

// These fields change with every event, so their changes are no information.
const isNoise = ([path]: ValueChange): boolean =>
  path[0] === 'metadata' && (path[1] === 'resourceVersion' || path[1] === 'generation');

const known = new WeakMap<Lane, unknown[]>();

// Computes all objects of a lane at once. Each object shares its unchanged parts with the one before.
const objectsOf = (lane: Lane): unknown[] => {
  const found = known.get(lane);
  if (found !== undefined) return found;
  let object: unknown;
  const objects = lane.events.map(({ changes }) => {
    object = applyChanges(object, changes);
    return object;
  });
  known.set(lane, objects);
  return objects;
};

/** The object of a lane at a moment. Undefined before the object was first seen, and for a lane of the suite. */
export const objectAt = (lane: Lane, at: number): ObjectAtMoment | undefined => {
  const index = lastAtOrBefore(lane.events, at, (event) => event.at);
  const event = lane.events[index];
  if (event === undefined) return undefined;
  const objects = objectsOf(lane);
  const notable = event.changes.filter((change) => !isNoise(change));
  // The first event changes the whole object: a list of changes would repeat it.
  const isWhole = notable.some(([path]) => path.length === 0);
  const changes = isWhole
    ? []
    : notable.map((change) => ({ path: change[0], text: describeChange(objects[index - 1], change) }));
  return { object: objects[index], at: event.at, type: event.type, changes, index };
};
