import { ApiError, type KubernetesObject } from '../../e2e/kube/cluster.ts';

/** A change of an object, as in a watch. */
export type Change = { type: string; kind: string; object: KubernetesObject; version: number };

type Named = { namespace?: string | undefined; name: string };
type Narrowed = { namespace?: string | undefined; labelSelector?: string; fieldSelector?: string };

/** Applies a merge patch, by RFC 7386. */
const merged = (base: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(base as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
};

const matches = (selector: string | undefined, read: (key: string) => unknown): boolean =>
  (selector?.split(',') ?? []).every((term) => {
    const [, key = '', not, value] = /^([^!=]+)(?:(!?)==?(.*))?$/.exec(term) ?? [];
    const found = read(key);
    return value === undefined ? found !== undefined : (found === value) === (not === '');
  });

const fieldOf = (object: KubernetesObject, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

/**
 * The objects of a stub, by the name of their resource, such as `jobs.batch`. They are read, written and watched as in
 * an API server. A collection that was never put is not served.
 */
export const createObjects = (initial: Record<string, object[]> = {}) => {
  const collections = new Map<string, KubernetesObject[]>();
  const changes: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let version = 1;

  const served = (kind: string): KubernetesObject[] => {
    const all = collections.get(kind);
    if (all === undefined) throw new ApiError(`the stub has no ${kind}`, { status: 404, reason: 'NotFound' });
    return all;
  };
  const isNamed =
    ({ namespace, name }: Named) =>
    ({ metadata }: KubernetesObject): boolean =>
      metadata.name === name && (namespace ?? metadata.namespace) === (metadata.namespace ?? namespace);
  const get = (kind: string, named: Named): KubernetesObject => {
    const found = served(kind).find(isNamed(named));
    if (found === undefined)
      throw new ApiError(`${kind} "${named.name}" not found`, { status: 404, reason: 'NotFound' });
    return structuredClone(found);
  };
  const happen = (type: string, kind: string, object: KubernetesObject): KubernetesObject => {
    version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    const shown = structuredClone({ ...object, metadata });
    const others = served(kind).filter((each) => !isNamed(metadata)(each));
    const at = served(kind).findIndex(isNamed(metadata));
    collections.set(
      kind,
      type === 'DELETED' ? others : others.toSpliced(at === -1 ? others.length : at, 0, shown),
    );
    const change = { type, kind, object: shown, version };
    changes.push(change);
    for (const listener of listeners) listener(change);
    return structuredClone(shown);
  };
  const put = (kind: string, ...objects: object[]): void => {
    if (!collections.has(kind)) collections.set(kind, []);
    for (const object of objects as KubernetesObject[])
      happen(served(kind).some(isNamed(object.metadata)) ? 'MODIFIED' : 'ADDED', kind, object);
  };
  for (const [kind, objects] of Object.entries(initial)) put(kind, ...objects);
  return {
    put,
    get,
    serves: (kind: string): boolean => collections.has(kind),
    list: (kind: string, { namespace, labelSelector, fieldSelector }: Narrowed = {}) => ({
      items: structuredClone(
        served(kind).filter(
          (object) =>
            (namespace ?? object.metadata.namespace) === (object.metadata.namespace ?? namespace) &&
            matches(labelSelector, (key) => object.metadata.labels?.[key]) &&
            matches(fieldSelector, (path) => fieldOf(object, path)),
        ),
      ),
      resourceVersion: String(version),
    }),
    create: (kind: string, object: KubernetesObject): KubernetesObject => {
      const { metadata } = object;
      if (served(kind).some(isNamed(metadata)))
        throw new ApiError(`there is ${metadata.name}`, { status: 409, reason: 'AlreadyExists' });
      return happen('ADDED', kind, { ...object, metadata: { uid: `uid-${version}`, ...metadata } });
    },
    patch: (kind: string, named: Named, patch: object): KubernetesObject =>
      happen('MODIFIED', kind, merged(get(kind, named), patch) as KubernetesObject),
    /** Removes an object at once, despite its finalizers. */
    remove: (kind: string, named: Named): unknown => happen('DELETED', kind, get(kind, named)),
    /** Removes an object, or marks it as being deleted if it has a finalizer. */
    delete: (kind: string, named: Named): KubernetesObject => {
      const object = get(kind, named);
      if ((object.metadata.finalizers ?? []).length === 0) return happen('DELETED', kind, object);
      const metadata = { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
      return happen('MODIFIED', kind, { ...object, metadata });
    },
    /** The changes since a version, in order. */
    since: (than: number): Change[] => changes.filter((change) => change.version > than),
    /** Calls the listener for each change from now on. Returns a function that ends this. */
    onChange: (listener: (change: Change) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
