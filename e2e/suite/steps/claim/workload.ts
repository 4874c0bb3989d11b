import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { type PodTarget, resources, unlessGone } from '../../../kube/cluster.ts';
import { execInPod } from '../../../kube/in-pods.ts';
import { isReady, type Pod } from '../../../kube/pods.ts';
import { devicePath, managerPodOf, managerPods } from '../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Volume } from '../../../longhorn/types.ts';
import { decompress } from '../../../store/format/decompress.ts';
import { blockPath, volumeFolder } from '../../../store/format/layout.ts';
import { largestFile } from '../../../store/fsck/verify-block.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { BackupHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { littleData, mebibyte } from '../sizes.ts';
import {
  claimSpec,
  encryptedBy,
  makeKeySecret,
  makeStorageClass,
  rememberVolume,
  untilBound,
} from './claim.ts';

/** A pod of a StatefulSet, its claim, its volume, and a file that it has written there, with its checksum. */
type PodWithVolume = { pod: string; claim: string; volume: VolumeHandle; file: string; sha256: string };

/** A StatefulSet that a step made. */
export type StatefulSetHandle = { name: string; storageClassName: string; pods: PodWithVolume[] };

// The first bytes of an encrypted device (LUKS2 On-Disk Format Specification).
const luksMagic = Buffer.from('LUKS\xba\xbe', 'latin1');

/** The folder of the volume in a pod. */
export const dataFolder = '/data';
const writing = `set -e; head -c ${littleData.data.size} /dev/urandom > "$1"`;
const syncing = `sync "$1" ${dataFolder}`;
const reading = 'sha256sum "$1"';

const selectorOf = (name: string): string => `app=${name}`;

const followPods = (
  { cluster, scenarioSignal: signal }: Pick<Context, 'cluster' | 'scenarioSignal'>,
  name: string,
) => follow<Pod>(cluster, resources.pods, { namespace, labelSelector: selectorOf(name), signal });

/** Makes a StatefulSet. Each pod waits for commands, in the image of the managers, which each node has. */
export const createStatefulSet = async (
  { cluster, made, run }: Context,
  { name, storageClassName, pods }: { name: string; storageClassName: string; pods: number },
): Promise<void> => {
  const [manager] = await managerPods(cluster);
  const labels = { app: name, ...runLabel(run) };
  made.statefulSets.push(name);
  await cluster.create(resources.statefulSets, {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace, labels } },
    spec: {
      ...{ replicas: pods, serviceName: name, podManagementPolicy: 'Parallel' },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          // Bash as the first process takes no notice of the signal to end.
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              ...{ name: 'pod', image: manager?.image, imagePullPolicy: 'IfNotPresent' },
              command: ['bash', '-c', 'sleep infinity'],
              volumeMounts: [{ name: 'data', mountPath: dataFolder }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: claimSpec(storageClassName, littleData.volume) },
      ],
    },
  });
};

/** Waits until the pods of a StatefulSet are ready. Returns the node of each. */
export const untilPodsReady = async (
  context: Context,
  { name, pods }: { name: string; pods: readonly string[] },
): Promise<string[]> => {
  await using timeline = await followPods(context, name);
  const ready = pods.map((pod) =>
    waitUntil(timeline, isReady, {
      ...{ name: pod, label: `pod ${pod} has its volume, and is ready` },
      describe: ({ status }) => status?.phase ?? 'new',
      ...context.timeouts.podHasVolume,
    }),
  );
  return (await Promise.all(ready)).map(({ spec }) => spec?.nodeName ?? '');
};

/** Where the commands of a pod of a StatefulSet run. */
export const containerOf = (pod: string): PodTarget => ({ namespace, name: pod, container: 'pod' });

const checksumIn = async (
  { cluster }: Context,
  { pod, file }: Pick<PodWithVolume, 'pod' | 'file'>,
  script: string,
): Promise<string> => {
  const { stdout, stderr, exitCode } = await cluster.exec(containerOf(pod), [
    ...['bash', '-c', script, 'corral-pod', file],
  ]);
  const sha256 = /^[0-9a-f]{64}/.exec(stdout)?.[0];
  if (exitCode !== 0 || sha256 === undefined) throw new Error(`${file} in pod ${pod}: ${stderr.trim()}`);
  return sha256;
};

/** Makes a StatefulSet, and a file in the volume of each of its pods. */
export const makeStatefulSet = async (
  context: Context,
  { count, target, encrypted = false }: { count: number; target: TargetHandle; encrypted?: boolean },
): Promise<StatefulSetHandle> => {
  const { made, uniqueName } = context;
  const name = uniqueName('set');
  const names = Array.from({ length: count }, (_, index) => ({
    pod: `${name}-${index}`,
    claim: `data-${name}-${index}`,
  }));
  const keySecret = encrypted ? await makeKeySecret(context) : undefined;
  const storageClassName = await makeStorageClass(context, {
    ...{ numberOfReplicas: '2', backupTargetName: target.name },
    ...(keySecret !== undefined && encryptedBy(keySecret)),
  });
  made.persistentVolumeClaims.push(...names.map(({ claim }) => claim));
  await createStatefulSet(context, { name, storageClassName, pods: count });
  const bound = await untilBound(
    context,
    names.map(({ claim }) => claim),
  );
  const volumes = bound.map(({ volumeName = '' }) => volumeName);
  for (const volume of volumes) rememberVolume(made, volume);
  const nodes = await untilPodsReady(context, { name, pods: names.map(({ pod }) => pod) });
  const pods: PodWithVolume[] = [];
  for (const [index, { pod, claim }] of names.entries()) {
    const place = { target, name: volumes[index] ?? '', node: nodes[index] ?? '' };
    const volume = { ...place, size: littleData.volume, keySecret };
    const file = `${dataFolder}/file`;
    const sha256 = await checksumIn(context, { pod, file }, `${writing}; ${syncing}; ${reading}`);
    pods.push({ pod, claim, volume, file, sha256 });
  }
  return { name, storageClassName, pods };
};

/** Lets each pod write another file, which it does not sync. Returns the StatefulSet with these files. */
export const writeUnsynced = async (context: Context, set: StatefulSetHandle): Promise<StatefulSetHandle> => {
  const pods = set.pods.map(async (each) => {
    const file = `${dataFolder}/unsynced`;
    return { ...each, file, sha256: await checksumIn(context, { ...each, file }, `${writing}; ${reading}`) };
  });
  return { ...set, pods: await Promise.all(pods) };
};

/** Waits until Longhorn says that a volume takes at least, or at most, a number of bytes. Returns what it says. */
export const untilTaken = async (
  { timelines, timeouts }: Context,
  { name }: VolumeHandle,
  { atLeast = 0, atMost = Number.POSITIVE_INFINITY }: { atLeast?: number; atMost?: number },
): Promise<number> => {
  const takes = ({ status }: Volume): number => status?.actualSize ?? 0;
  const found = await waitUntil(
    timelines.volumes,
    (volume) => takes(volume) >= atLeast && takes(volume) <= atMost,
    {
      ...{ name, label: `volume ${name} takes ${atLeast} to ${atMost} bytes on a disk` },
      describe: (volume) => `it takes ${takes(volume)} bytes`,
      ...timeouts.spaceCounted,
    },
  );
  return takes(found);
};

/** Lets each pod remove its file. Returns what the volumes had taken before, in bytes. */
export const removeFiles = async (
  context: Context,
  { pods }: StatefulSetHandle,
): Promise<{ volume: VolumeHandle; took: number }[]> => {
  const removed: { volume: VolumeHandle; took: number }[] = [];
  for (const { pod, volume, file } of pods) {
    const took = await untilTaken(context, volume, { atLeast: littleData.data.size });
    await execInPod(
      context.cluster,
      containerOf(pod),
      ['bash', '-c', `set -e; rm "$1"; sync -f ${dataFolder}`, 'corral-pod', file],
      `${file} in pod ${pod} could not be removed`,
    );
    removed.push({ volume, took });
  }
  return removed;
};

/** Returns how the file of a pod differs from what it has written. Undefined if it does not. */
export const differenceInPod = async (
  context: Context,
  { pod, file, sha256 }: PodWithVolume,
): Promise<string | undefined> => {
  const found = await checksumIn(context, { pod, file }, reading).catch((error: Error) => error.message);
  return found === sha256 ? undefined : `${pod}: ${found}, not ${sha256}`;
};

const hexadecimal = 'head -c 32 "$1" | od -An -v -t x1 | tr -d " \\n"';

/** The blocks of a backup in the store, in the order of their offsets. */
export const blocksInStore = async function* ({
  volume,
  name,
}: BackupHandle): AsyncGenerator<{ path: string; offset: number; data: Buffer }> {
  const { source, config } = volume.target.store;
  const { blocks, blockSize, compression } = (await config(volume.name, name)) ?? { blocks: [] };
  if (blocks.length === 0) throw new Error(`the store has no blocks of backup ${name}`);
  const scratch = Buffer.alloc(blockSize ?? 0);
  for (const { offset, checksum } of blocks) {
    const path = `${volumeFolder(volume.name)}/${blockPath(checksum)}`;
    const data = decompress(compression ?? 'none', await source.read(path, largestFile), scratch);
    yield { path, offset, data: Buffer.from(data) };
  }
};

/**
 * Returns where the store holds what a pod has written as it is, and whether it lacks the header of an encryption. Empty if
 * the backup of its volume is encrypted.
 */
export const plainInStore = async (
  { cluster }: Context,
  backup: BackupHandle,
  { pod, file }: PodWithVolume,
): Promise<string[]> => {
  const command = ['bash', '-c', hexadecimal, 'corral-pod', file];
  const { stdout } = await cluster.exec(containerOf(pod), command);
  const written = Buffer.from(stdout, 'hex');
  if (written.length !== 32) throw new Error(`${file} in pod ${pod} has ${written.length} bytes`);
  const found: string[] = [];
  for await (const { path, offset, data } of blocksInStore(backup)) {
    if (data.includes(written)) found.push(`${path} has what pod ${pod} has written`);
    if (offset === 0 && !data.subarray(0, 6).equals(luksMagic))
      found.push(`${path} begins with no LUKS header`);
  }
  return found;
};

const headerSize = 16 * mebibyte;

/** Returns how the devices of an attached encrypted volume are not as large as they must be: the header is no part of its size. */
export const wrongSizes = async (
  { cluster, timelines }: Context,
  { volume: { name, size } }: PodWithVolume,
): Promise<string[]> => {
  const pod = await managerPodOf(cluster, timelines.volumes.current(name)?.status?.currentNodeID ?? '');
  const devices = { [devicePath(name)]: size + headerSize, [`/host/dev/mapper/${name}`]: size };
  const found = Object.entries(devices).map(async ([device, wanted]) => {
    const has = Number(await execInPod(cluster, pod, ['blockdev', '--getsize64', device], 'blockdev'));
    return has === wanted ? [] : [`${device} has ${has} bytes, not ${wanted}`];
  });
  return (await Promise.all(found)).flat();
};

/** Deletes a StatefulSet. Returns when its pods are gone. Its claims stay. */
export const deleteStatefulSet = async (
  context: Pick<Context, 'cluster' | 'timeouts'> & { scenarioSignal: AbortSignal },
  name: string,
): Promise<void> => {
  const { cluster, timeouts } = context;
  await using pods = await followPods(context, name);
  await cluster.delete(resources.statefulSets, { namespace, name }).catch(unlessGone);
  const gone = pods.objects().map(({ metadata }) =>
    waitUntilGone(pods, {
      ...{ name: metadata.name, label: `pod ${metadata.name} is gone` },
      ...timeouts.podGone,
    }),
  );
  await Promise.all(gone);
};
