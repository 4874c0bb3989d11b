import { setTimeout as sleep } from 'node:timers/promises';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { resources } from '../../../kube/resources.ts';
import { managerLabel, managerPods } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { type Disturbance, kills } from './disturbances.ts';
import { followWrites, type RequestWord, type WriteHandler, type WriteRequest } from './proxy.ts';
import { type DisplayNames, describeWrite } from './write.ts';

/** One write of an operation, by its name (with a number if it repeats), and how it is disturbed. */
export type DisturbedWrite = { write: string; disturbance: Disturbance };

/** The objects of an operation: a volume, its backup target, and the backups that exist when it begins. */
export type Followed = { volume: VolumeHandle; backups: readonly BackupHandle[] };

/** The writes of an operation while it runs. */
export type FollowedWrites = {
  volume: VolumeHandle;
  /** The name of each significant write, in order. Repeated names have a number from the second on. */
  writes: string[];
  /**
   * Describes the disturbance that happened. Undefined if the write has not come yet. Throws if its manager could not
   * be killed.
   */
  disturbed(): string | undefined;
  /** Ends the operation, after a disturbance that has begun. Later writes do not belong to it. */
  end(): Promise<void>;
};

const refusal = {
  do: 'refuse',
  code: 409,
  reason: 'Conflict',
  message: 'the object has been modified; please apply your changes to the latest version and try again',
} as const;

const managerPrefix = 'longhorn-manager-';
const isOfManager = ({ pod }: WriteRequest): boolean => pod?.name.startsWith(managerPrefix) ?? false;

const displayNamesOf = ({ volume, backups }: Followed): DisplayNames =>
  new Map([
    [volume.name, 'the volume'],
    [volume.target.name, 'the target'],
    ...backups.map(({ name, label }) => [name, label] as const),
  ]);

/**
 * Follows the writes of longhorn-managers to these objects from now on, and disturbs one write. The process of a
 * manager may live on after its pod was killed, here or by an earlier cell. Its writes are dropped and do not count.
 */
export const followOperation = async (
  context: Context,
  followed: Followed,
  cell: DisturbedWrite | undefined,
): Promise<FollowedWrites> => {
  const { cluster, faults, lab, clocks, scenarioSignal } = context;
  if (lab === undefined)
    throw new Error('writes can only be followed in a lab, and this cluster is not a lab');
  const names = displayNamesOf(followed);
  const counts = new Map<string, number>();
  const writes: string[] = [];
  const alive = new Map<string, Promise<boolean>>();
  const settled = Promise.withResolvers<void>();
  scenarioSignal.addEventListener('abort', () => settled.resolve(), { once: true });
  let hit: number | undefined;
  let done: string | undefined;
  let failure: unknown;
  let isOver = false;

  const nameOf = (request: WriteRequest): string | undefined => {
    const what = describeWrite(request, names);
    if (what === undefined) return undefined;
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return count === 1 ? what : `${what} (${count})`;
  };

  // A pod that is not Running yet in the API may write already.
  const isListed = async (uid: string): Promise<boolean> => {
    const pods = await cluster.list(resources.pods, { namespace, labelSelector: managerLabel });
    return pods.items.some(({ metadata }) => metadata.uid === uid);
  };
  const isAlive = ({ pod }: WriteRequest): Promise<boolean> => {
    const uid = pod?.uid ?? '';
    const known = alive.get(uid);
    if (known !== undefined) return known;
    const listed = isListed(uid);
    alive.set(uid, listed);
    listed.catch(() => alive.delete(uid));
    return listed;
  };

  const kill = async ({ uid }: { uid: string }): Promise<void> => {
    const pod = (await managerPods(cluster)).find((each) => each.uid === uid);
    if (pod === undefined) throw new Error(`no longhorn-manager pod has the uid ${uid}`);
    const fault = await faults.inject(managerKilled(cluster, pod));
    await fault.heal();
  };

  const killWriter = ({ pod }: WriteRequest): Promise<unknown> => {
    const uid = pod?.uid ?? '';
    const killed = kill({ uid }).catch((error: unknown) => {
      failure = error;
    });
    alive.set(
      uid,
      killed.then(() => false),
    );
    return killed;
  };

  // The resourceVersion of a list applies to all collections.
  const showOlder = async (): Promise<void> => {
    const { resourceVersion: revision } = await cluster.list(longhornResources.backupTargets, { namespace });
    const except = (await managerPods(cluster)).map(({ uid }) => uid);
    await proxy.showOlder({ pods: managerPrefix, except, revision, lasts: clocks.resync });
  };

  const disturbRequest = async (request: WriteRequest, disturbance: Disturbance): Promise<RequestWord> => {
    if (disturbance === 'stale') await showOlder();
    if (disturbance === 'conflict') return refusal;
    if (disturbance === 'late') await sleep(clocks.resync, undefined, { signal: scenarioSignal });
    if (disturbance !== 'crash before') return { do: 'pass' };
    await killWriter(request);
    return { do: 'drop' };
  };

  const requests = new Map<number, WriteRequest>();
  const handler: WriteHandler = {
    onRequest: async (request) => {
      if (!isOfManager(request)) return { do: 'pass' };
      if (!(await isAlive(request))) return { do: 'drop' };
      if (isOver) return { do: 'pass' };
      const name = nameOf(request);
      requests.set(request.id, request);
      if (name !== undefined) writes.push(name);
      if (cell === undefined || done !== undefined || name !== cell.write) return { do: 'pass' };
      done = `${name}: ${cell.disturbance}, by ${request.pod?.name ?? 'nobody'}`;
      hit = request.id;
      const word = await disturbRequest(request, cell.disturbance);
      // A write that does not pass gets no answer.
      if (word.do !== 'pass') settled.resolve();
      return word;
    },
    answered: async ({ of, status }) => {
      const request = requests.get(of);
      requests.delete(of);
      if (request === undefined) return { do: 'pass' };
      if (!(await isAlive(request))) return { do: 'drop' };
      if (of !== hit || cell === undefined) return { do: 'pass' };
      if (status === 0) {
        done = undefined;
        settled.resolve();
        return { do: 'pass' };
      }
      const isKill = kills(cell.disturbance);
      if (isKill) await killWriter(request);
      settled.resolve();
      return { do: isKill || cell.disturbance === 'answer lost' ? 'drop' : 'pass' };
    },
  };
  const proxy = await followWrites(lab, { texts: [...names.keys()], handler, signal: scenarioSignal });
  return {
    volume: followed.volume,
    writes,
    disturbed: () => {
      if (failure !== undefined) throw failure;
      if (cell?.disturbance !== 'stale' || done === undefined) return done;
      // A successor that got no list of the older state was not disturbed differently from an ordinary crash.
      return proxy.staleLists() === 0
        ? undefined
        : `${done}, ${proxy.staleLists()} lists of the state before`;
    },
    end: async () => {
      isOver = true;
      if (hit !== undefined) await settled.promise;
    },
  };
};
