import { isRecord } from '../../../kube/objects.ts';
import type { WriteRequest } from './proxy.ts';

/** The names of a run's objects in sentences, by object name: `the first backup`. */
export type DisplayNames = ReadonlyMap<string, string>;

type Tree = Record<string, unknown>;

const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

const place = /\/namespaces\/[^/]+\/([a-z]+)(?:\/([^/?]+))?(?:\/([a-z]+))?(?:\?.*)?$/;

// The random parts of names: the run id (a job's snapshot has its beginning), UUIDs, hashes, and the suffix of a
// pod's name.
const runId = /(?<=\bcorral-)[a-z0-9]{1,6}(?=-)/g;
const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const hash = /(?<=-)[0-9a-f]{8,}\b/g;
const podSuffix = /(?<=-)[a-z0-9]{5}$/;

const withoutChance = (text: string): string =>
  text.replace(runId, '*').replace(uuid, '*').replace(hash, '*');

const displayNameOf = (name: string, names: DisplayNames): string => {
  const known = [...names]
    .filter(([each]) => name.includes(each))
    .toSorted(([a], [b]) => b.length - a.length)[0];
  if (known === undefined) return withoutChance(name).replace(podSuffix, '*');
  const [each, displayName] = known;
  return name === each ? displayName : `${displayName} (${withoutChance(name.replace(each, ''))})`;
};

// Fields that are written again and again without a meaning: times and progress.
const noise =
  /(?:^|\.)(?:lastSyncedAt|syncRequestedAt|lastProbeTime|lastTransitionTime|progress|size|newlyUploadDataSize|reUploadedDataSize|observedGeneration|resourceVersion|generation|managedFields|uid|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds)$/;

// Fields with few values, which show the step of an operation. The name of a node is random.
const significant = /(?:^|\.)(?:state|finalizers|currentNodeID|available)$/;
const writtenValue = (path: string, value: unknown): string =>
  JSON.stringify(path.endsWith('currentNodeID') && value ? 'a node' : (value ?? null));

// A patch contains only the fields to change.
const changesIn = (
  before: unknown,
  after: unknown,
  { path = '', isPatch }: { path?: string; isPatch: boolean },
): string[] => {
  if (noise.test(path) || JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isRecord(after) && (isRecord(before) || before === undefined)) {
    const keys = new Set([...(isPatch ? [] : Object.keys(before ?? {})), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      changesIn(before?.[key], after[key], { path: path === '' ? key : `${path}.${key}`, isPatch }),
    );
  }
  const isEmpty = (value: unknown) => value === undefined || value === null || value === '' || value === 0;
  if (isEmpty(before) && isEmpty(after)) return [];
  return [significant.test(path) ? `${path}=${writtenValue(path, after)}` : path];
};

const writtenMetadata = new Set(['finalizers', 'labels', 'annotations', 'ownerReferences']);

/** The target of a write: verb, collection, name of the object, and subresource. */
type WritePlace = { verb: string; resource: string; name: string; subresource: string };

/** Returns the target of a write. Undefined if it is not an object in a namespace. */
const placeOf = ({ verb, path, object }: WriteRequest): WritePlace | undefined => {
  const [, resource, name = object?.metadata?.name, subresource = ''] = place.exec(path) ?? [];
  if (resource === undefined || name === undefined) return undefined;
  return { verb: verbs[verb] ?? verb, resource, name, subresource };
};

/**
 * Describes a write in words that are equal in each run of an operation: the verb, the resource, the display name of
 * the object, and the changed fields. Undefined if it only writes times or progress.
 */
export const describeWrite = (request: WriteRequest, names: DisplayNames): string | undefined => {
  const at = placeOf(request);
  if (at === undefined) return undefined;
  const { verb, resource, name, subresource } = at;
  const what = `${verb} ${resource}${subresource && `/${subresource}`} ${displayNameOf(name, names)}`;
  if (verb !== 'update' && verb !== 'patch') return what;
  const isPatch = verb === 'patch';
  const part = (whole: object | undefined): unknown => {
    const { status, spec, metadata } = (whole ?? {}) as Tree;
    if (subresource === 'status') return { status };
    const own = Object.entries((metadata ?? {}) as Tree).filter(([key]) => writtenMetadata.has(key));
    return { ...(spec !== undefined && { spec }), metadata: Object.fromEntries(own) };
  };
  const changed = changesIn(part(request.before), part(request.object), { isPatch }).map((field) =>
    withoutChance(field.replace(/^(?:status|spec|metadata)\./, '')),
  );
  return changed.length === 0 ? undefined : `${what}: ${[...new Set(changed)].toSorted().join(', ')}`;
};
