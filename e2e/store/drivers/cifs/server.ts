import { randomBytes } from 'node:crypto';
import { type Cluster, type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { registerSecret } from '../../../kube/redact/registered-secrets.ts';
import type { RunningStore, StartStore, StorePlace } from '../../driver.ts';
import { diskOf } from '../folder/place.ts';
import { servedStore } from '../folder/served-store.ts';
import { createLoginSecret, removeLoginSecret, secretOf } from '../login.ts';
import { type ManifestOptions, readManifest, removeServer, startPod } from '../server.ts';
import { cifsServer, driverName, serverProgram, storeMount, storeUrl } from './place.ts';

const file = new URL('../../../../fixtures/cifs-backupstore/manifest.yaml', import.meta.url);

const user = 'longhorn';

/** Creates the password of a new server. */
export const makePassword = (): string => {
  const password = randomBytes(24).toString('base64url');
  registerSecret(password, 'password of the backup store');
  return password;
};

/** The objects of a CIFS backup store, in order of creation. The first is its namespace. */
export const storeManifest = (options: ManifestOptions, password: string): Promise<KubernetesObject[]> =>
  readManifest(file, options, { USER: user, PASSWORD: password, ...diskOf(options) });

/** Starts a server, creates the Secret with its credentials in Longhorn's namespace, and opens the store. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> => {
  const password = makePassword();
  const served = await startPod(cluster, {
    ...options,
    kind: cifsServer,
    objects: await storeManifest(options, password),
  });
  await createLoginSecret(cluster, options, { CIFS_USERNAME: user, CIFS_PASSWORD: password });
  const url = storeUrl(options);
  return servedStore(cluster, {
    ...served,
    driver: driverName,
    program: serverProgram,
    url,
    credentialSecret: secretOf(options),
    // A node may lack mount.cifs: Longhorn mounts the store from its own pods.
    mountArguments: undefined,
    mountPoint: () => storeMount(options),
  });
};

/** Removes the server of a store and Longhorn's Secret for it. Objects that are already gone are not an error. */
export const removeStore = async (cluster: Cluster, place: StorePlace): Promise<void> => {
  await removeServer(cluster, place, resources.secrets);
  await removeLoginSecret(cluster, place);
};
