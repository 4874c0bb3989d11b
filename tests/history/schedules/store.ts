import { type Lamp, lamp } from '../lamps.ts';

/**
 * A change of one object: a new state (which makes it where it is not), or its end (nothing, where it is
 * not).
 */
export type Write = { name: string; state: string } | { name: string; gone: true };

/**
 * What truly happened; a deletion carries the last state under the version of the deletion, as etcd's does.
 */
export type Happened = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; version: number; object: Lamp };

export type Store = ReturnType<typeof createStore>;

/** Makes an etcd of one collection, with its whole history; its versions soon get a digit more, which distinguishes numbers from texts. */
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
    /** Watches from before this version are answered with 410. */
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
    /** Something else was written, which only moves the version. */
    tick: () => {
      version += 1;
    },
    /** Compacts up to now, or starts a watch cache anew. */
    forget: () => {
      horizon = version;
    },
    /** What there was at a version. */
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
