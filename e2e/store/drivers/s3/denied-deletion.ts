import { z } from 'zod';
import type { Heal, StorePlace, Trouble } from '../../driver.ts';
import { bucket, placeSchema, prefixOf } from './place.ts';
import { allowingDeletion, denyingDeletion } from './policy.ts';
import { changePolicies, changePolicy, findServers, type Server } from './server.ts';

/** The bucket's policy denies the deletion of an object to the user that Longhorn logs in as. */
export const deniedDeletion = (
  server: Server,
  { place, path, title }: { place: StorePlace; path: string; title: string },
): Trouble => {
  const key = `${prefixOf(place)}/${path}`;
  const { user, login } = server;
  return {
    title,
    data: { place, key },
    inject: async () => {
      await changePolicy(server, (policy) => denyingDeletion(policy, { user: login.user, key }));
    },
    // An ETag that no object has: where the deletion is allowed, nothing is deleted.
    prove: async () => {
      const { ETag } = await user.headObject({ Bucket: bucket, Key: key });
      const said = await user.deleteObject({ Bucket: bucket, Key: key, IfMatch: '"none"' }).then(
        () => 'it is deleted',
        ({ name }: Error) => name,
      );
      if (said !== 'AccessDenied')
        throw new Error(`it is not so that ${title}: asked to delete it, the server says ${said}`);
      return `it is there (ETag ${ETag}); deleting it as Longhorn's user: ${said}`;
    },
  };
};

const schema = z.object({ place: placeSchema, key: z.string() });

/** Lets objects be deleted again; a server that is gone took its bucket with it. */
export const allowDeletion: Heal = {
  heal: async (cluster, data) => {
    const { place, key } = schema.parse(data);
    const servers = await findServers(cluster, place);
    if (servers.length === 0) return `the server of ${key} is gone, and its bucket with it`;
    const changed = await Promise.all(
      servers.map((server) => changePolicy(server, (policy) => allowingDeletion(policy, key))),
    );
    return changed.some(Boolean) ? `${key} can be deleted` : `nothing denies the deletion of ${key}`;
  },
  healByLabels: (cluster, run, namespace) =>
    changePolicies(
      cluster,
      { run, namespace },
      {
        change: (server) => changePolicy(server, (policy) => allowingDeletion(policy)),
        now: 'all in it can be deleted again',
      },
    ),
};
