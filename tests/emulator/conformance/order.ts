import type { Fields } from './describe-object.ts';
import type { ObjectState, Transcript } from './transcript.ts';

type State = Fields | 'gone';

/** The states up to a moment. */
type Past = {
  now(resource: string, name: string): State | undefined;
  ever(resource: string, name: string, is: (fields: Fields) => boolean): boolean;
  /** The states of another object since the last one of an object. */
  since(resource: string, name: string, other: string): State[];
};

const fieldsOf = (is: State | undefined): Fields => (is === undefined || is === 'gone' ? {} : is);

const waitsFor = (is: State | undefined): string | undefined =>
  fieldsOf(is).state === 'Pending'
    ? /^Wait for backup (\S+) to be deleted$/.exec(fieldsOf(is)['messages.info'] ?? '')?.[1]
    : undefined;

/**
 * The order of two objects counts only if a state of one follows from a state of the other. Each rule checks a state
 * against those before it, and returns what is wrong.
 */
const rules: readonly ((state: ObjectState, past: Past) => string | undefined)[] = [
  ({ resource, name, is }, { now }) => {
    const other = resource === 'backups' ? waitsFor(is) : undefined;
    if (!other || fieldsOf(now('backups', other)).state === 'Deleting') return undefined;
    return `${name} waits for ${other}, which is not Deleting`;
  },
  ({ resource, name, is }, { now, since }) => {
    const other = resource === 'backups' && !waitsFor(is) ? waitsFor(now('backups', name)) : undefined;
    if (!other || is === 'gone') return undefined;
    // It may be Deleting again: the waiting one decided before that, and shows it seconds later.
    const wasFree = since('backups', name, other).some((state) => fieldsOf(state).state !== 'Deleting');
    return wasFree ? undefined : `${name} waits no more for ${other}, which is still Deleting`;
  },
  ({ resource, name, is }, { ever }) => {
    const last = resource === 'backupvolumes' ? fieldsOf(is).lastBackup : undefined;
    if (!last || last === 'none' || ever('backups', last, ({ state }) => state === 'Completed'))
      return undefined;
    return `backupvolume ${name} knows ${last}, which was never Completed`;
  },
  ({ resource, name, is }, { ever }) => {
    const last = resource === 'volumes' ? fieldsOf(is).lastBackup : undefined;
    if (!last || ever('backupvolumes', `of ${name}`, ({ lastBackup }) => lastBackup === last))
      return undefined;
    return `volume ${name} knows ${last} before its backupvolume does`;
  },
];

/**
 * The impossible orders in a transcript, by the order of the writes. Watches of different kinds do not keep that order.
 */
export const disorders = (transcript: Transcript): string[] => {
  const states: ObjectState[] = [];
  const of = (resource: string, name: string) => (each: ObjectState) =>
    each.resource === resource && each.name === name;
  const past: Past = {
    now: (resource, name) => states.findLast(of(resource, name))?.is,
    ever: (resource, name, is) =>
      states.filter(of(resource, name)).some((each) => each.is !== 'gone' && is(each.is)),
    since: (resource, name, other) =>
      states
        .slice(states.findLastIndex(of(resource, name)))
        .filter(of(resource, other))
        .map((each) => each.is),
  };
  const wrong: string[] = [];
  const inOrder = transcript
    .filter((line): line is ObjectState => 'is' in line)
    .sort((a, b) => a.version - b.version);
  for (const each of inOrder) {
    // States before the first action may have any order.
    if (!each.inherited)
      wrong.push(...rules.map((rule) => rule(each, past)).filter((text) => text !== undefined));
    states.push(each);
  }
  return wrong;
};
