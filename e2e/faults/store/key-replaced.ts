import type { S3 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type Cluster, resources } from '../../kube/cluster.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import type { S3Server, S3ServerAccess, StorePlace } from '../../store/driver.ts';
import { secretOf } from '../../store/drivers/login.ts';
import { bucket, placeSchema, prefixOf } from '../../store/drivers/s3/place.ts';
import { withUsers } from '../../store/drivers/s3/policy.ts';
import { changePolicies, changePolicy, findServers } from '../../store/drivers/s3/server.ts';
import type { FaultOperations } from '../fault.ts';
import { storeFault } from './store-fault.ts';

/** `renew` gives Longhorn the new key. */
export type ReplacedKey = { renew(): Promise<void> };

const listWith = async (client: S3, place: StorePlace): Promise<string> =>
  client.listObjectsV2({ Bucket: bucket, Prefix: prefixOf(place), MaxKeys: 1 }).then(
    () => 'a list',
    ({ name }: Error) => name,
  );

const make = ({ cluster, server, place }: S3ServerAccess, title: string): FaultOperations<ReplacedKey> => {
  const { login, user, next } = server;
  return {
    data: { place },
    inject: async () => {
      await changePolicy(server, (policy) => withUsers(policy, [login.next]));
    },
    prove: async () => {
      const [before, now] = [await listWith(user, place), await listWith(next, place)];
      if (before !== 'AccessDenied' || now !== 'a list')
        throw new Error(
          `the fault is not in force: ${title}: with the old key the server answers ${before}, with the new one ${now}`,
        );
      return `with the old key the server answers ${before}, with the new one ${now}`;
    },
    handle: {
      renew: async () => {
        await cluster.patch(
          resources.secrets,
          { namespace: longhornNamespace, name: secretOf(place) },
          { stringData: { AWS_ACCESS_KEY_ID: login.next, AWS_SECRET_ACCESS_KEY: login['next-secret'] } },
        );
      },
    },
  };
};

const schema = z.object({ place: placeSchema });

const admitBoth = (server: S3Server): Promise<boolean> =>
  changePolicy(server, (policy) => withUsers(policy, [server.login.user, server.login.next]));

// Admits both keys, because Longhorn may have either. If the server is gone, its bucket is gone too.
const heal = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { place } = schema.parse(data);
  const servers = await findServers(cluster, place);
  if (servers.length === 0) return `the server of ${prefixOf(place)} is gone, and its bucket with it`;
  await Promise.all(servers.map(admitBoth));
  return 'either key is admitted';
};

const healByLabels = (cluster: Cluster, run: string, namespace?: string): Promise<string[]> =>
  changePolicies(cluster, { run, namespace }, { change: admitBoth, now: 'either key is admitted' });

/**
 * Longhorn's access key is replaced. The bucket's policy admits only the new key; requests with the old one get
 * AccessDenied.
 */
export const keyReplaced = storeFault({
  name: 'keyReplaced',
  ledgerName: 'replaced-key',
  needs: 'a backup store that Longhorn logs in to by a key, which can be replaced',
  features: ['no-tls', 'proxy'],
  targetSays: ['target-not-listed'],
  sentence: 'the key by which Longhorn logs in is replaced at the store',
  parameters: () => ({}),
  ways: { s3Server: { make, heal, healByLabels } },
  document: {
    about:
      'The key by which Longhorn logs in to the store is replaced by another one, as if it had expired: every request with it is answered with `AccessDenied`, until Longhorn is given the new one.',
    inject:
      "the bucket's policy, which admits the user of the old key, admits that of the new one instead. A proxy (`s3-faults`) stands before the server, and has read all of a request before it answers: the server alone refuses an upload without reading it and closes the connection, which the engine meets as `connection reset by peer`",
    prove: 'a listing with the old key gets `AccessDenied`, and one with the new key a list',
    heal: 'the policy admits both, whichever Longhorn has by then',
    bound: 'none; the store goes with the scenario',
    otherUsers: "nobody; the key is this store's alone",
    'in scenarios':
      "`given.keyReplaced`, then `when.keyRenewed`, which changes the Secret of the store in Longhorn's namespace",
  },
});
