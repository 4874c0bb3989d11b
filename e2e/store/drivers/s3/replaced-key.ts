import type { S3 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type Cluster, resources } from '../../../kube/cluster.ts';
import { longhornNamespace } from '../../../longhorn/resources.ts';
import type { Heal, ReplacedKey, StorePlace } from '../../driver.ts';
import { secretOf } from '../login.ts';
import { bucket, placeSchema, prefixOf } from './place.ts';
import { admitting } from './policy.ts';
import { changePolicies, changePolicy, findServers, type Server } from './server.ts';

const asked = async (client: S3, place: StorePlace): Promise<string> =>
  client.listObjectsV2({ Bucket: bucket, Prefix: prefixOf(place), MaxKeys: 1 }).then(
    () => 'a list',
    ({ name }: Error) => name,
  );

/**
 * The key that Longhorn logs in with is replaced by another one: the bucket's policy admits that one alone,
 * and every request with the old one is answered with AccessDenied.
 */
export const replacedKey = (
  cluster: Cluster,
  server: Server,
  { place, title }: { place: StorePlace; title: string },
): ReplacedKey => {
  const { login, user, next } = server;
  return {
    title,
    data: { place },
    inject: async () => {
      await changePolicy(server, (policy) => admitting(policy, [login.next]));
    },
    prove: async () => {
      const [before, now] = [await asked(user, place), await asked(next, place)];
      if (before !== 'AccessDenied' || now !== 'a list')
        throw new Error(
          `it is not so that ${title}: with the old key the server answers ${before}, with the new one ${now}`,
        );
      return `with the old key the server answers ${before}, with the new one ${now}`;
    },
    renew: async () => {
      await cluster.patch(
        resources.secrets,
        { namespace: longhornNamespace, name: secretOf(place) },
        { stringData: { AWS_ACCESS_KEY_ID: login.next, AWS_SECRET_ACCESS_KEY: login['next-secret'] } },
      );
    },
  };
};

const schema = z.object({ place: placeSchema });

const admitBoth = (server: Server): Promise<boolean> =>
  changePolicy(server, (policy) => admitting(policy, [server.login.user, server.login.next]));

/** Admits both keys, whichever Longhorn has; a server that is gone took its bucket with it. */
export const admitKeys: Heal = {
  heal: async (cluster, data) => {
    const { place } = schema.parse(data);
    const servers = await findServers(cluster, place);
    if (servers.length === 0) return `the server of ${prefixOf(place)} is gone, and its bucket with it`;
    await Promise.all(servers.map(admitBoth));
    return 'either key is admitted';
  },
  healByLabels: (cluster, run, namespace) =>
    changePolicies(cluster, { run, namespace }, { change: admitBoth, now: 'either key is admitted' }),
};
