import { randomBytes } from 'node:crypto';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { registerSecret } from '../../../kube/redact/registered-secrets.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { VolumeHandle } from '../handles.ts';
import { type RestoreHandle, watchRestore } from '../restore/restore.ts';

const driver = 'driver.longhorn.io';

/** Makes a StorageClass of Longhorn, which leaves what is made by it to its users. Returns its name. */
export const makeStorageClass = async (
  { cluster, made, run, uniqueName }: Context,
  parameters: Record<string, string>,
): Promise<string> => {
  const name = uniqueName('class');
  made.storageClasses.push(name);
  await cluster.create(resources.storageClasses, {
    ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
    ...{ metadata: { name, labels: runLabel(run) }, provisioner: driver, reclaimPolicy: 'Retain' },
    parameters,
  });
  return name;
};

/**
 * Makes a Secret with the key of encrypted volumes. Returns its name. Its key derivation needs little memory: the default of
 * cryptsetup takes up to 1 GiB.
 */
export const makeKeySecret = async ({ cluster, made, run, uniqueName }: Context): Promise<string> => {
  const name = uniqueName('key');
  const key = randomBytes(16).toString('hex');
  registerSecret(key, 'the key of an encrypted volume');
  made.keySecrets.push(name);
  await cluster.create(resources.secrets, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels: runLabel(run) } },
    stringData: {
      ...{ CRYPTO_KEY_VALUE: key, CRYPTO_KEY_PROVIDER: 'secret' },
      CRYPTO_PBKDF: 'pbkdf2',
    },
  });
  return name;
};

/** The parameters of a StorageClass of encrypted volumes (Longhorn's page "Volume Encryption"). */
export const encryptedBy = (keySecret: string): Record<string, string> => ({
  encrypted: 'true',
  ...Object.fromEntries(
    ['provisioner', 'node-publish', 'node-stage'].flatMap((use) => [
      [`csi.storage.k8s.io/${use}-secret-name`, keySecret],
      [`csi.storage.k8s.io/${use}-secret-namespace`, namespace],
    ]),
  ),
});

/** A claim of a class, without its name. `of`: what Kubernetes calls more of it, such as its source. */
export const claimSpec = (storageClassName: string, size: number, of: object = {}) => ({
  ...{ accessModes: ['ReadWriteOnce'], storageClassName, ...of },
  resources: { requests: { storage: String(size) } },
});

/** Makes a claim. Returns it, and the name of the volume that Longhorn makes for it unless it names one. */
export const makeClaim = async (
  { cluster, made, run, uniqueName }: Context,
  spec: object,
  { name = uniqueName('claim'), labels = {} }: { name?: string; labels?: Record<string, string> } = {},
): Promise<{ name: string; volume: string }> => {
  made.persistentVolumeClaims.push(name);
  const { metadata } = await cluster.create<KubernetesObject>(resources.persistentVolumeClaims, {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    ...{ metadata: { name, namespace, labels: { ...labels, ...runLabel(run) } }, spec },
  });
  return { name, volume: `pvc-${metadata.uid}` };
};

/** Remembers a volume that Longhorn makes for a claim, and its PersistentVolume, which has the same name. */
export const rememberVolume = (made: Context['made'], volume: string): void => {
  made.volumes.push(volume);
  made.persistentVolumes.push(volume);
};

type Claim = KubernetesObject & {
  spec: { volumeName?: string; storageClassName?: string };
  status?: { phase?: string };
};

/** Waits until claims are bound. Returns what they have then. */
export const untilBound = async (
  { cluster, scenarioSignal: signal, timeouts }: Context,
  names: readonly string[],
): Promise<Claim['spec'][]> => {
  await using claims = await follow<Claim>(cluster, resources.persistentVolumeClaims, { namespace, signal });
  const bound = names.map((name) =>
    waitUntil(claims, ({ status }) => status?.phase === 'Bound', {
      ...{ name, label: `claim ${name} is bound`, describe: ({ status }) => status?.phase ?? 'new' },
      ...timeouts.claimProvisioned,
    }),
  );
  return (await Promise.all(bound)).map(({ spec }) => spec);
};

/** Makes a PersistentVolume of a volume by hand, for a claim. It has the name of the volume. */
export const makePersistentVolumeFor = async (
  { cluster, run }: Context,
  { name, size, keySecret }: VolumeHandle,
  { claim, storageClassName }: { claim: string; storageClassName: string },
): Promise<void> => {
  await cluster.create(resources.persistentVolumes, {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels: runLabel(run) } },
    spec: {
      ...{ accessModes: ['ReadWriteOnce'], capacity: { storage: String(size) }, storageClassName },
      ...{ claimRef: { namespace, name: claim }, persistentVolumeReclaimPolicy: 'Retain' },
      csi: {
        ...{ driver, fsType: 'ext4', volumeHandle: name },
        ...(keySecret !== undefined && {
          nodePublishSecretRef: { name: keySecret, namespace },
          nodeStageSecretRef: { name: keySecret, namespace },
        }),
      },
    },
  });
};

/** Waits until Longhorn has made the volume of a claim from a backup. */
export const untilMadeFrom = async (
  context: Context,
  restore: Omit<RestoreHandle, 'events' | 'engines'>,
): Promise<RestoreHandle> => {
  const { timelines, timeouts } = context;
  await waitUntil(timelines.volumes, ({ spec }) => Boolean(spec.fromBackup), {
    ...{ name: restore.name, label: `Longhorn has made ${restore.label}` },
    ...timeouts.claimProvisioned,
  });
  return watchRestore(context, restore);
};
