import { z } from 'zod';
import { type Cluster, resources, unlessGone } from '../../kube/cluster.ts';
import { inEachPod } from '../../kube/in-pods.ts';
import type { KubernetesObject } from '../../kube/objects.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import type { S3ServerAccess, StorePlace } from '../../store/driver.ts';
import { createLoginSecret, removeLoginSecret, secretOf } from '../../store/drivers/login.ts';
import { bucketDomainOf, placeSchema, port } from '../../store/drivers/s3/place.ts';
import { findServers, longhornLogin, makeLogin, s3Server } from '../../store/drivers/s3/server.ts';
import { serversOf } from '../../store/drivers/server.ts';
import type { FaultOperations } from '../fault.ts';
import { storeFault } from './store-fault.ts';

type LoginSecret = KubernetesObject & { data?: Record<string, string> };

const lost = {
  missing: 'is missing',
  emptied: 'is empty',
  untrusting: 'has the certificate of another authority',
  hosting: 'asks for the bucket in the name of the host',
} as const;

const readSecret = async (cluster: Cluster, place: StorePlace): Promise<LoginSecret | undefined> => {
  const { items } = await cluster.list<LoginSecret>(resources.secrets, {
    namespace: longhornNamespace,
    fieldSelector: `metadata.name=${secretOf(place)}`,
  });
  return items[0];
};

/** What a Secret lacks, or has in place of what is its server's. Undefined if it is whole. */
const stateOf = (
  secret: LoginSecret | undefined,
  { login }: S3ServerAccess['server'],
): keyof typeof lost | undefined => {
  if (secret === undefined) return 'missing';
  const { data = {} } = secret;
  if (Object.keys(data).length === 0) return 'emptied';
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const own = base64(login['tls.crt']);
  if ((data.AWS_CERT ?? own) !== own) return 'untrusting';
  return data.VIRTUAL_HOSTED_STYLE === base64('true') ? 'hosting' : undefined;
};

const make = async (
  { cluster, place, server }: S3ServerAccess,
  title: string,
  how: keyof typeof lost,
): Promise<FaultOperations> => {
  const run = (await readSecret(cluster, place))?.metadata.labels?.['corral.test/run'];
  if (run === undefined)
    throw new Error(`the Secret ${secretOf(place)} is not of a run: it could not be made again`);
  return {
    data: { place, run },
    inject: async () => {
      if (how === 'missing') return removeLoginSecret(cluster, place);
      const name = { namespace: longhornNamespace, name: secretOf(place) };
      if (how === 'emptied') return void (await cluster.patch(resources.secrets, name, { data: null }));
      const stringData =
        how === 'hosting'
          ? { AWS_ENDPOINTS: `https://${bucketDomainOf(place)}:${port}`, VIRTUAL_HOSTED_STYLE: 'true' }
          : { AWS_CERT: (await makeLogin(place))['tls.crt'] };
      await cluster.patch(resources.secrets, name, { stringData });
    },
    prove: async () => {
      const found = await readSecret(cluster, place);
      const state = stateOf(found, server);
      if (state !== how)
        throw new Error(
          `the fault is not in force: ${title}: ${state === undefined ? 'it is whole' : `it ${lost[state]}`}`,
        );
      return `it ${lost[how]}`;
    },
  };
};

const schema = z.object({ place: placeSchema, run: z.string() });

const restore = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { place, run } = schema.parse(data);
  const [server] = await findServers(cluster, place);
  if (server === undefined) return `the server of ${secretOf(place)} is gone, and its bucket with it`;
  const stringData = longhornLogin(server.login);
  const name = { namespace: longhornNamespace, name: secretOf(place) };
  await cluster.patch(resources.secrets, name, { stringData }).catch((error: unknown) => {
    unlessGone(error);
    return createLoginSecret(cluster, { ...place, run }, stringData);
  });
  return `the Secret ${secretOf(place)} has the keys of its server`;
};

/**
 * The Secret with Longhorn's credentials for a store is deleted, has no keys left or another server's certificate, or
 * names the bucket in the host.
 */
export const secretLost = storeFault({
  name: 'secretLost',
  ledgerName: 'lost-secret',
  needs: 'a backup store that Longhorn logs in to by a Secret',
  targetSays: ['target-not-listed', 'target-without-secret'],
  sentence: 'the Secret of the backup target {how}',
  parameters: (how: keyof typeof lost, _?: { on: { name: string } }) => ({ how: lost[how] }),
  ways: {
    s3Server: {
      make,
      heal: restore,
      healByLabels: async (cluster, run, namespace) =>
        inEachPod(await serversOf(cluster, s3Server, { run, namespace }), ({ place }) =>
          restore(cluster, { place, run }),
        ),
    },
  },
  document: {
    about:
      "The Secret in Longhorn's namespace with the credentials of the backup target is deleted, or all of its keys are removed, or its `AWS_CERT` is replaced by the certificate of another authority; or it has `VIRTUAL_HOSTED_STYLE`, and an endpoint that is good for nothing else. The store itself answers.",
    inject:
      "a deletion of the Secret, or a merge patch that removes its `data` or replaces `AWS_CERT`, or `AWS_ENDPOINTS` and `VIRTUAL_HOSTED_STYLE`; the keys stay in the server's own Secret",
    prove:
      'the Secret is not in a list, or has no keys there, or another certificate than its server, or `VIRTUAL_HOSTED_STYLE`',
    heal: 'a Secret of the same name has the keys of the server',
    bound: 'none; the store goes with the scenario',
    otherUsers: "nobody; the Secret is this store's alone",
    'in scenarios': '`given.secretLost`, once for each way',
  },
});
