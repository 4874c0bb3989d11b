import type { Recording } from '../../../e2e/history/recording.ts';
import type { Entry } from '../../../e2e/history/timeline.ts';
import type { KubernetesObject } from '../../../e2e/kube/objects.ts';
import { describeObject, type Fields, type Judged, judgedKinds } from './describe-object.ts';

/**
 * A state of an object. `at`: seconds since the start. `version`: its place in the order of all writes.
 */
export type ObjectState = {
  at: number;
  version: number;
  resource: string;
  name: string;
  is: Fields | 'gone';
  /** The state before the first action. A recording has it only if the object is written again. */
  inherited?: true;
};

/** Actions and states of objects, in the order of arrival. */
export type Transcript = readonly (ObjectState | { at: number; marker: string })[];

type Event = { at: number; resource: string; deleted: boolean; object: Judged };

// A BackupVolume's name has a checksum in it, or is random in older versions.
const nameOf = (resource: string, { metadata, spec }: Judged): string =>
  resource === 'backupvolumes' ? `of ${spec?.volumeName}` : metadata.name;

const generated: Record<string, RegExp> = {
  backups: /^backup-[0-9a-f]{16}$/,
  snapshots: /^[a-z0-9-]{1,8}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/**
 * Replaces random names by numbers, in the order in which they appeared for their volume.
 */
const createNaming = () => {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return (resource: string, object: Judged): Judged => {
    const { name, labels } = object.metadata;
    if (generated[resource]?.test(name) && !names.has(name)) {
      const of = `${resource.slice(0, -1)}-of-${labels?.['backup-volume'] ?? object.spec?.volume}`;
      counts.set(of, (counts.get(of) ?? 0) + 1);
      names.set(name, `${of}-${counts.get(of)}`);
    }
    if (names.size === 0) return object;
    return JSON.parse(
      [...names].reduce((text, [random, given]) => text.replaceAll(random, given), JSON.stringify(object)),
    );
  };
};

/** Converts events to states. A state that stays is returned once. */
const createStateReader = () => {
  const naming = createNaming();
  const last = new Map<string, string>();
  const owners = new Map<string, string[]>();
  const ownerOf = (key: string, owner: string): Fields => {
    const known = owners.get(key) ?? [];
    if (!known.includes(owner)) known.push(owner);
    owners.set(key, known);
    // The first owner of a backup is random, but a change of the owner is not.
    return known.length > 1 ? { owner: `number ${known.indexOf(owner) + 1}` } : {};
  };
  const onceEach = (state: ObjectState, isNew: boolean): ObjectState[] => {
    const key = `${state.resource}/${state.name}`;
    const written = JSON.stringify(state.is);
    if (last.get(key) === written || (isNew && !last.has(key))) return [];
    last.set(key, written);
    return [state];
  };
  return ({ at, resource, deleted, object: raw }: Event): ObjectState[] => {
    const object = naming(resource, raw);
    const name = nameOf(resource, object);
    const key = `${resource}/${name}`;
    const described = deleted ? 'gone' : describeObject(resource, object);
    if (!described) return [];
    const version = Number(object.metadata.resourceVersion);
    if (described === 'gone') return onceEach({ at, version, resource, name, is: described }, false);
    const { parent, ...rest } = described;
    const is = resource === 'backups' ? { ...rest, ...ownerOf(key, String(object.status?.ownerID)) } : rest;
    const main = onceEach({ at, version, resource, name, is }, false);
    if (resource !== 'snapshots') return main;
    // The parent of a snapshot is a state by itself: it may change while others are made, before or after its other
    // fields.
    return [
      ...main,
      ...onceEach(
        { at, version, resource: 'parents', name: `of ${name}`, is: { parent: parent ?? 'none' } },
        parent === undefined,
      ),
    ];
  };
};

/** Markers of observations and waits. They are no actions to repeat. */
const notes = /^(b1 is Error again|b2 done|two runs|observed|immutable .*)$/;

/**
 * Converts a recording to a transcript. States after the marker `end` belong to it up to the next action.
 */
export const transcriptOf = ({ lines }: Recording): Transcript => {
  const read = createStateReader();
  const kept: Transcript[number][] = [];
  let ended = false;
  for (const line of lines) {
    if ('marker' in line) {
      ended ||= line.marker === 'end';
      if (!ended && !notes.test(line.marker)) kept.push(line);
      continue;
    }
    if (line.type === 'GAP' || !judgedKinds.includes(line.resource)) continue;
    const object = line.object as Judged;
    if (ended && isDone(line.type, object, kept)) break;
    kept.push(...read({ at: line.at, resource: line.resource, deleted: line.type === 'DELETED', object }));
  }
  return kept;
};

/** Whether an event is an action: an object was created, or its deletion requested. */
const isDone = (type: string, { metadata }: Judged, before: Transcript): boolean =>
  (type === 'ADDED' && metadata.ownerReferences?.[0]?.kind !== 'BackupTarget') ||
  (metadata.deletionTimestamp !== undefined &&
    !before.some(
      (line) =>
        'is' in line && line.name === metadata.name && line.is !== 'gone' && line.is.deletion !== undefined,
    ));

/** Makes a transcript from events. `prefix`: the beginning of all names, which is left out. */
export const createTranscript = ({ prefix, start = Date.now() }: { prefix: string; start?: number }) => {
  const lines: Transcript[number][] = [];
  const read = createStateReader();
  const isOwn = ({ metadata, spec }: Judged): boolean =>
    [metadata.name, metadata.labels?.['backup-volume'], spec?.volume, spec?.volumeName].some((name) =>
      name?.startsWith(prefix),
    );
  type Happened = { at: number; deleted: boolean; object: KubernetesObject; inherited?: true };
  const put = (resource: string, { at, deleted, object, inherited }: Happened): void => {
    if (!isOwn(object as Judged)) return;
    const named: Judged = JSON.parse(JSON.stringify(object).replaceAll(prefix, ''));
    const states = read({ at: (at - start) / 1000, resource, deleted, object: named });
    lines.push(...states.map((each) => ({ ...each, ...(inherited && { inherited }) })));
  };
  return {
    lines: lines as Transcript,
    mark: (marker: string): void => {
      lines.push({ at: (Date.now() - start) / 1000, marker });
    },
    /** Adds the state of an object before the first action. */
    inherit: (resource: string, object: KubernetesObject): void =>
      put(resource, { at: Date.now(), deleted: false, object, inherited: true }),
    take: (resource: string, entry: Entry): void => {
      // A marker that no recording has, so that the comparison fails with this reason.
      const at = (entry.at - start) / 1000;
      if (entry.kind === 'gap')
        lines.push({ at, marker: `the watch of ${resource} has a gap: ${entry.reason}` });
      else put(resource, { at: entry.at, deleted: entry.kind === 'deleted', object: entry.object });
    },
  };
};
