import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { ApiError, type Cluster, type KubernetesObject, unlessGone } from '../../../kube/cluster.ts';
import { type Duration, parseDuration } from '../../../kube/duration.ts';
import {
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import { runLabel } from '../created-objects.ts';
import { forwardFrontend } from '../service-forward.ts';

/**
 * `interrupted` ends the request early. Objects that were made for it are removed in every case. Only tests set the
 * times.
 */
type SupportBundleRequest = {
  run: string;
  path: string;
  interrupted: AbortSignal;
  time?: Duration;
  goneWithin?: Duration;
};

// The time for Longhorn's support bundle manager: its pod starts, it asks each node, and the bundle is zipped and
// fetched.
const bundleTime: Duration = '5m';
const resource = longhornResources.supportBundles;

/**
 * Requests Longhorn's support bundle and writes it to `path`. Throws a one-line error if that fails. The requesting
 * object has a fixed name for each run, so that only one bundle is made at a time: a bundle covers the whole cluster.
 */
export const fetchSupportBundle = async (
  cluster: Cluster,
  { run, path, interrupted, time = bundleTime, goneWithin = '1m' }: SupportBundleRequest,
): Promise<void> => {
  const name = `corral-${run}-support-bundle`;
  const late = AbortSignal.timeout(parseDuration(time));
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, late, ended.signal]);
  const timeline = await follow<SupportBundle>(cluster, resource, {
    namespace,
    signal: ended.signal,
  }).catch(sayUnknown);
  try {
    refuseBeside(findOther(timeline.objects()), name);
    const { metadata } = await ask(cluster, { run, name });
    let state = '';
    try {
      await until(timeline, () => isOver(timeline, metadata.uid), signal);
      state = stateOf(timeline, metadata.uid);
      await download(cluster, { bundle: readyOf(timeline.current(name), state), path, signal });
    } catch (error) {
      if (interrupted.aborted)
        throw new Error(`not waited for, as the run was interrupted; it was ${state || 'asked for'}`);
      if (late.aborted)
        throw new Error(
          `not there within the ${time} that Longhorn's manager of support bundles is given; it was ${state}`,
        );
      throw error;
    } finally {
      await cluster.delete(resource, { namespace, name }).catch(unlessGone);
      // An object that is left would block the next request. Its deletion also removes the pods that made the bundle.
      await until(
        timeline,
        () => timeline.current(name) === undefined,
        AbortSignal.timeout(parseDuration(goneWithin)),
      );
    }
    if (timeline.current(name) !== undefined)
      throw new Error(
        `it is here, but ${name} did not go within ${goneWithin}: npx corral cleanup removes it`,
      );
  } finally {
    ended.abort();
  }
};

const sayUnknown = (error: unknown): never => {
  if (error instanceof ApiError && error.status === 404)
    throw new Error('the cluster knows no supportbundles.longhorn.io (404): the emulator makes none');
  throw error;
};

// For a new bundle, Longhorn deletes the previous one, which may not have been fetched yet.
const refuseBeside = (other: SupportBundle | undefined, name: string): void => {
  if (other === undefined) return;
  if (other.metadata.name === name) throw new Error(ofAnother);
  throw new Error(
    `not asked for: Longhorn would give up ${other.metadata.name} for it, which is not this run's`,
  );
};

const ofAnother =
  'not asked for: it is being made for another scenario of this run, and is of the whole cluster';

const ask = async (
  cluster: Cluster,
  { run, name }: { run: string; name: string },
): Promise<SupportBundle> => {
  const spec = { description: `a scenario of Corral's run ${run} did not pass`, issueURL: '' };
  const metadata = { name, namespace, labels: runLabel(run) };
  try {
    return await cluster.create<SupportBundle>(resource, {
      apiVersion: longhornApiVersion,
      kind: 'SupportBundle',
      metadata,
      spec,
    });
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) throw new Error(ofAnother);
    throw error;
  }
};

const readyOf = (bundle: SupportBundle | undefined, state: string): SupportBundle => {
  if (bundle?.status?.state === 'ReadyForDownload') return bundle;
  throw new Error(`Longhorn did not make it: ${state}`);
};

type Download = { bundle: SupportBundle; path: string; signal: AbortSignal };

const download = async (
  cluster: Cluster,
  { bundle: { metadata, status }, path, signal }: Download,
): Promise<void> => {
  const { url } = await forwardFrontend(cluster, signal);
  // Only the owner node can reach the pod that made the bundle.
  const answer = await fetch(`${url}/v1/supportbundles/${status?.ownerID}/${metadata.name}/download`, {
    signal,
  });
  const type = answer.headers.get('content-type') ?? 'of no type';
  if (!answer.ok || answer.body === null || !type.includes('zip'))
    throw new Error(`Longhorn did not hand it out: ${answer.status}, ${type}`);
  try {
    await pipeline(answer.body, createWriteStream(`${path}.part`), { signal });
    await rename(`${path}.part`, path);
  } finally {
    await rm(`${path}.part`, { force: true });
  }
};

/** The fields of a SupportBundle that are read. */
type SupportBundle = KubernetesObject & {
  status?: {
    state?: string;
    ownerID?: string;
    progress?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string }[] | null;
  };
};

// A failed bundle is purged if Longhorn keeps none, so any of the later states may be the first that is observed.
const last = ['ReadyForDownload', 'Error', 'Purging', 'Deleting', 'Replaced'];

/** Returns a bundle that a new request would replace. A failed bundle is not replaced. */
const findOther = (bundles: readonly SupportBundle[]): SupportBundle | undefined =>
  bundles.find(({ status }) => status?.state !== 'Error');

const lastEntry = (timeline: Timeline<SupportBundle>, uid: string | undefined) =>
  timeline.entries.findLast((entry) => entry.kind !== 'gap' && entry.object.metadata.uid === uid);

/** Whether a bundle has reached a final state. */
const isOver = (timeline: Timeline<SupportBundle>, uid: string | undefined): boolean => {
  const entry = lastEntry(timeline, uid);
  if (entry === undefined || entry.kind === 'gap') return false;
  return entry.kind === 'deleted' || last.includes(entry.object.status?.state ?? '');
};

/**
 * Describes its state briefly, with Longhorn's text on a failure: `Error (FailedCreating: no manager)`, `Generating,
 * 40 %`.
 */
const stateOf = (timeline: Timeline<SupportBundle>, uid: string | undefined): string => {
  const entry = lastEntry(timeline, uid);
  if (entry === undefined || entry.kind === 'gap') return 'not seen';
  const { state = '', progress = 0, conditions } = entry.object.status ?? {};
  const error = conditions?.find(({ type, status }) => type === 'Error' && status === 'True');
  const said = [error?.reason, error?.message].filter((text) => text).join(': ');
  const now = entry.kind === 'deleted' ? `deleted as ${state || 'new'}` : state || 'not begun';
  return `${now}${progress > 0 && progress < 100 ? `, ${progress} %` : ''}${said === '' ? '' : ` (${said.replace(/\s+/g, ' ')})`}`;
};

/** Resolves when the condition is true, when the watch fails, or when the signal aborts. */
const until = (timeline: Timeline<SupportBundle>, is: () => boolean, signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = (): void => {
    if (is() || timeline.failure !== undefined || signal.aborted) resolve();
  };
  const ends = [timeline.onEntry(check), timeline.onFailure(check)];
  signal.addEventListener('abort', check, { once: true });
  check();
  return promise.finally(() => {
    for (const end of ends) end();
    signal.removeEventListener('abort', check);
  });
};
