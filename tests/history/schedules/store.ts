import { type Lamp, lamp } from '../lamps.ts';

/**
 * A change of one object: a new state, which creates the object if it does not exist, or its deletion, which does
 * nothing if it does not exist.
 */
export type Write = { name: string; state: string } | { name: string; gone: true };

/**
 * What happened. A deletion has the last state of the object, with the version of the deletion, as in etcd.
 */
export type Happened = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; version: number; object: Lamp };

export type Store = ReturnType<typeof createStore>;

/**
 * Models an etcd with one collection and its whole history. Its versions soon get a digit more, which finds comparisons
 * of versions as text.
 */
export const createStore = () => {
  const history: Happened[] = [];
  const objects = new Map<string, Lamp>();
  let version = 90;
  let horizon = 0;
  let made = 0;
  const happen = (type: Happened['type'], object: Lamp) => history.push({ type, version, object });
  return {
    get version() {
      return version;
    },
    /** A watch from an older version gets 410. */
    get horizon() {
      return horizon;
    },
    history: history as readonly Happened[],
    write: (change: Write): void => {
      const before = objects.get(change.name);
      if (before === undefined && 'gone' in change) return;
      version += 1;
      if ('gone' in change) {
        objects.delete(change.name);
        happen('DELETED', lamp(change.name, before?.status.state ?? '', version, before?.metadata.uid));
        return;
      }
      if (before === undefined) made += 1;
      const uid = before?.metadata.uid ?? `${change.name}-${made}`;
      const object = lamp(change.name, change.state, version, uid);
      objects.set(change.name, object);
      happen(before === undefined ? 'ADDED' : 'MODIFIED', object);
    },
    /** Something outside the collection was written. Only the version increases. */
    tick: () => {
      version += 1;
    },
    /** Forgets the history: a compaction, or a new watch cache. */
    forget: () => {
      horizon = version;
    },
    /** The objects at a version. */
    objectsAt: (when: number): Lamp[] => {
      const present = new Map<string, Lamp>();
      for (const { type, object, version: at } of history) {
        if (at > when) break;
        if (type === 'DELETED') present.delete(object.metadata.name);
        else present.set(object.metadata.name, object);
      }
      return [...present.values()].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
    },
  };
};
