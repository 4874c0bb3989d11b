import { randomBytes } from 'node:crypto';
import type {
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  ObjectVersion,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { inEachPod } from '../../kube/in-pods.ts';
import type { S3Server, S3ServerAccess } from '../../store/driver.ts';
import { forEachConcurrently, isLock } from '../../store/drivers/s3/bucket.ts';
import { bucket, placeSchema, prefixOf } from '../../store/drivers/s3/place.ts';
import { findServers, s3Server } from '../../store/drivers/s3/server.ts';
import { serversOf } from '../../store/drivers/server.ts';
import type { FaultOperations } from '../fault.ts';
import { storeFault } from './store-fault.ts';

/** The versions of files at one time. `bringBack` restores them and returns how many files differed. */
export type NotedVersions = { bringBack(): Promise<number> };

/** A store that keeps deleted and overwritten objects as versions. The owner of the store can restore them. */
export type KeptVersions = {
  /** Notes the current versions of all files in a folder, without locks. */
  note(folder: string): Promise<NotedVersions>;
};

const named = { Bucket: bucket };

// Governance mode: a user with the permission can bypass it, but only by an explicit header. The server's root user
// sends none here.
const retention = { Mode: 'GOVERNANCE', Days: 1 } as const;

const retain = ({ root }: S3Server, rule?: { DefaultRetention: typeof retention }): Promise<unknown> =>
  root.putObjectLockConfiguration({
    ...named,
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(rule && { Rule: rule }) },
  });

const isRetained = async ({ root }: S3Server): Promise<boolean> => {
  const { ObjectLockConfiguration } = await root.getObjectLockConfiguration(named);
  return ObjectLockConfiguration?.Rule?.DefaultRetention?.Mode !== undefined;
};

/** An entry of a bucket's version list: a version of an object, or a delete marker. */
type Kept = { key: string; version: string; marker: boolean; latest: boolean };

const versionsIn = async ({ root }: S3Server, Prefix: string): Promise<Kept[]> => {
  const kept: Kept[] = [];
  let at: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> | undefined = {};
  while (at !== undefined) {
    const page: ListObjectVersionsCommandOutput = await root.listObjectVersions({ ...named, Prefix, ...at });
    const take = (entries: ObjectVersion[] = [], marker: boolean) => {
      for (const { Key = '', VersionId = '', IsLatest = false } of entries)
        kept.push({ key: Key, version: VersionId, marker, latest: IsLatest });
    };
    take(page.Versions, false);
    take(page.DeleteMarkers, true);
    at = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return kept;
};

const bringBack = async (
  { root }: S3Server,
  noted: ReadonlyMap<string, string>,
  kept: readonly Kept[],
): Promise<number> => {
  const changed = kept.filter(
    ({ key, version, latest }) => latest && version !== (noted.get(key) ?? version),
  );
  const bring = async ({ key: Key, version, marker }: Kept): Promise<void> => {
    if (marker) await root.deleteObject({ ...named, Key, VersionId: version });
    const { VersionId } = await root.headObject({ ...named, Key });
    if (VersionId === noted.get(Key)) return;
    const CopySource = `${bucket}/${encodeURIComponent(Key)}?versionId=${noted.get(Key)}`;
    await root.copyObject({ ...named, Key, CopySource });
  };
  // Configs are restored last. Longhorn finds a backup by its config, and its blocks must exist by then.
  const isConfig = ({ key }: Kept) => key.endsWith('.cfg');
  for (const some of [changed.filter((each) => !isConfig(each)), changed.filter(isConfig)])
    await forEachConcurrently(some, bring);
  return changed.length;
};

const make = ({ server, place }: S3ServerAccess, title: string): FaultOperations<KeptVersions> => {
  const { root } = server;
  return {
    data: { place },
    inject: async () => {
      await retain(server, { DefaultRetention: retention });
    },
    // The probe is beside Longhorn's prefix, so that none of its objects is touched. Each probe has a new key,
    // because versitygw v1.8.0 mistakes a version that is written over a delete marker for a delete marker.
    prove: async () => {
      const Key = `corral-probe-${randomBytes(4).toString('hex')}`;
      const { VersionId } = await root.putObject({ ...named, Key, Body: 'x' });
      await root.deleteObject({ ...named, Key });
      const said = await root.deleteObject({ ...named, Key, VersionId }).then(
        () => 'it is deleted',
        ({ name, message }: Error) => `${name} (${message})`,
      );
      if (!said.startsWith('AccessDenied'))
        throw new Error(
          `the fault is not in force: ${title}: asked to delete a version, the server says ${said}`,
        );
      return `the version of an object that was deleted, deleted as the server's root: ${said}`;
    },
    handle: {
      note: async (folder) => {
        const Prefix = `${prefixOf(place)}/${folder}/`;
        const files = (await versionsIn(server, Prefix)).filter(({ marker, latest }) => latest && !marker);
        const noted = new Map(
          files.filter(({ key }) => !isLock(key)).map(({ key, version }) => [key, version]),
        );
        return { bringBack: async () => bringBack(server, noted, await versionsIn(server, Prefix)) };
      },
    },
  };
};

const schema = z.object({ place: placeSchema });

// Ends retention for new objects. Objects under retention keep it until their server is gone.
const heal = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { place } = schema.parse(data);
  const servers = await findServers(cluster, place);
  if (servers.length === 0) return `the server of ${prefixOf(place)} is gone, and its bucket with it`;
  await Promise.all(servers.map((server) => retain(server)));
  return 'what is written from now on is under no retention';
};

const healByLabels = async (cluster: Cluster, run: string, namespace?: string): Promise<string[]> => {
  const lines = await inEachPod(await serversOf(cluster, s3Server, { run, namespace }), async ({ place }) => {
    const ofServer: string[] = [];
    for (const server of await findServers(cluster, place)) {
      if (!(await isRetained(server).catch(unlessUnlocked))) continue;
      await retain(server);
      ofServer.push(`the bucket of ${server.login.endpoint}: no retention of what is written from now on`);
    }
    return ofServer;
  });
  return lines.flat();
};

// Returns false for the error of a bucket without object lock. Throws any other error.
const unlessUnlocked = (error: Error): false => {
  if (error.name === 'ObjectLockConfigurationNotFoundError') return false;
  throw error;
};

/**
 * The bucket has object lock: it keeps all versions of objects for a day. A deletion by Longhorn only adds a delete
 * marker.
 */
export const versionsKept = storeFault({
  name: 'versionsKept',
  ledgerName: 'kept-versions',
  needs: 'a backup store in which what is deleted stays as a version, under retention',
  features: ['versions'],
  sentence: 'the store keeps what is deleted as versions, under retention',
  parameters: () => ({}),
  ways: { s3Server: { make, heal, healByLabels } },
  document: {
    about:
      'The bucket has object lock, which users choose as a protection: nothing in it is lost for a day. It is in this list because scenarios switch it on and off like a fault. An object that Longhorn deletes gets a marker on top, one that it overwrites gets another version, and the owner of the bucket can bring back the old one.',
    inject: 'the bucket, made with object lock, puts all new objects under retention (governance, one day)',
    prove:
      "a version of an object beside the store, which was deleted, is deleted for good as the server's root: `AccessDenied`",
    heal: 'objects that are written afterwards are under no retention',
    bound: 'a day; the store goes with the scenario',
    otherUsers: 'nobody; only this store uses the bucket',
    'in scenarios':
      '`given.versionsKept`, then `given.versionsNoted` for a volume, and `when.broughtBack`; locks stay as they are',
  },
});
