import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import type { StorePlace } from '../../driver.ts';

const file = new URL('../../../../fixtures/nfs-backupstore/manifest.yaml', import.meta.url);

/** The name of all that a store consists of, where it has a namespace of its own. */
const storeName = 'backupstore';

/** The selector of a store's pod. */
export const storePodLabel = (name = storeName): string => `corral.test/store=${name}`;

/** The folder that the store exports, in the pod and in the URL alike. */
export const exportPath = '/opt/backupstore';

/** The name of the container of the server, and of its program. */
export const serverContainer = 'nfs';
export const serverProgram = 'ganesha.nfsd';

/** What the manifest's placeholders stand for. */
export type ManifestValues = { namespace: string; name?: string; run: string; image: string };

/** The objects of an NFS backup store, in the order in which to make them: first its namespace. */
export const storeManifest = async (values: ManifestValues): Promise<KubernetesObject[]> => {
  const { namespace, name = storeName, run, image } = values;
  const text = fill(await readFile(file, 'utf8'), { NAMESPACE: namespace, NAME: name, RUN: run, IMAGE: image });
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as KubernetesObject;
  });
};

/** The URL that Longhorn is given; the host is short, because a cluster's own domain need not be `cluster.local`. */
export const storeUrl = ({ namespace, name = storeName }: StorePlace): string => `nfs://${name}.${namespace}:${exportPath}`;

/** The place of one of the suite's stores by its URL, be it in a namespace of its own or in one that holds others; undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = /^nfs:\/\/([a-z0-9-]+)\.([a-z0-9-]+):/.exec(url) ?? [];
  if (name === undefined || namespace === undefined) return undefined;
  if (name === storeName) return { namespace };
  return name.startsWith('corral-') ? { namespace, name } : undefined;
};

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the backup store's manifest has a placeholder that nobody fills: ${placeholder}`);
    return JSON.stringify(value);
  });
