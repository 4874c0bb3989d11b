import { randomBytes } from 'node:crypto';
import { request as send } from 'node:https';
import { json } from 'node:stream/consumers';
import type { S3 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { inEachPod } from '../../../kube/in-pods.ts';
import type { Asked, Heal, StorePlace, Trouble, Wrong } from '../../driver.ts';
import { serversOf } from '../server.ts';
import { bucket, endpointOf, placeSchema, prefixOf } from './place.ts';
import { findServers, type Server, s3Server } from './server.ts';

// What the proxy (lab/s3/cmd/s3-faults) says of its rules: how often one was looked at, and how often it held.
const rulesSchema = z.array(z.object({ id: z.string(), seen: z.number(), met: z.number() }));
type Rules = z.infer<typeof rulesSchema>;

const askProxy = async (
  { proxy, login }: Pick<Server, 'proxy' | 'login'>,
  place: StorePlace,
  { method = 'GET', path = '', body }: { method?: 'GET' | 'POST' | 'DELETE'; path?: string; body?: object },
): Promise<Rules> => {
  if (proxy === undefined) return [];
  const { promise, resolve, reject } = Promise.withResolvers<Rules>();
  const asked = send(
    `${endpointOf(place)}/-/rules${path}`,
    { agent: proxy.agent, method, headers: { authorization: `Bearer ${login['root-secret']}` } },
    (answer) => {
      if (answer.statusCode === 200)
        return json(answer).then((said) => resolve(rulesSchema.parse(said)), reject);
      answer.resume();
      reject(new Error(`the proxy before the S3 server answers ${answer.statusCode}`));
    },
  );
  asked.on('error', reject);
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
};

// One that changes nothing, whatever it is answered: no object has that ETag.
const IfMatch = '"none"';

const probes: Record<Asked, (client: S3, Key: string, at: { abortSignal: AbortSignal }) => Promise<string>> =
  {
    list: async (client, Prefix, at) => {
      const { KeyCount, IsTruncated } = await client.listObjectsV2({ Bucket: bucket, Prefix }, at);
      return `${KeyCount} entries${IsTruncated ? ' of more' : ''}`;
    },
    look: (client, Key, at) => client.headObject({ Bucket: bucket, Key }, at).then(() => 'it is there'),
    read: (client, Key, at) => client.getObject({ Bucket: bucket, Key }, at).then(() => 'it is there'),
    write: (client, Key, at) =>
      client
        .putObject({ Bucket: bucket, Key, Body: '', ContentLength: 0, IfMatch }, at)
        .then(() => 'it is written'),
    delete: (client, Key, at) =>
      client.deleteObject({ Bucket: bucket, Key, IfMatch }, at).then(() => 'it is deleted'),
  };

// For how long nothing is waited for where nothing is the answer, in ms.
const silence = 2_000;

/** The proxy before the server answers chosen requests wrongly, of everybody who comes by the store's address. */
export const wrongAnswers = (
  server: Server,
  { place, asked, below, every, answer, title }: Wrong & { place: StorePlace },
): Trouble => {
  const id = randomBytes(4).toString('hex');
  const prefix = `${prefixOf(place)}/${below}`;
  const key = `${prefix}${below === '' ? '' : '/'}corral-probe`;
  const current = async () => {
    const rule = (await askProxy(server, place, {})).find((each) => each.id === id);
    if (rule === undefined) throw new Error(`it is not so that ${title}: the proxy has no such rule`);
    return rule;
  };
  const ask = (client: S3): Promise<string> =>
    probes[asked](client, asked === 'list' ? prefix : key, {
      abortSignal: AbortSignal.timeout(answer === 'silence' ? silence : 60_000),
    }).catch(({ name }: Error) => (name === 'AbortError' || name === 'TimeoutError' ? 'nothing' : name));
  return {
    title,
    data: { place, id },
    inject: async () => {
      await askProxy(server, place, {
        method: 'POST',
        body: { id, operation: asked, below: prefix, every, answer },
      });
    },
    prove: async () => {
      const before = await current();
      const { proxy } = server;
      if (proxy === undefined) throw new Error(`it is not so that ${title}: there is no proxy`);
      const answers = new Set<string>();
      for (let asked = 0; asked < every; asked += 1) answers.add(await ask(proxy.user));
      const { seen, met } = await current();
      if (met === before.met)
        throw new Error(
          `it is not so that ${title}: ${[...answers].join(', ')}, and the proxy met it not once`,
        );
      return `asked ${every === 1 ? 'once' : `${every} times`} as Longhorn's user: ${[...answers].join(', ')}; met by ${met} of ${seen} such requests`;
    },
  };
};

const schema = z.object({ place: placeSchema, id: z.string() });

const remove = async (server: Server, place: StorePlace, id: string): Promise<void> => {
  await askProxy(server, place, { method: 'DELETE', path: `/${id}` });
};

/** Has requests answered rightly again; a server that is gone took its proxy along. */
export const answerRightly: Heal = {
  heal: async (cluster, data) => {
    const { place, id } = schema.parse(data);
    const servers = await findServers(cluster, place);
    await Promise.all(servers.map((server) => remove(server, place, id)));
    return servers.length > 0
      ? 'such requests are answered rightly'
      : `the server of ${prefixOf(place)} is gone, and its proxy with it`;
  },
  healByLabels: async (cluster, run, namespace) => {
    const told = await inEachPod(
      await serversOf(cluster, s3Server, { run, namespace }),
      async ({ place }) => {
        const told: string[] = [];
        for (const server of await findServers(cluster, place)) {
          const rules = await askProxy(server, place, {});
          for (const { id } of rules) await remove(server, place, id);
          if (rules.length > 0) told.push(`${endpointOf(place)}: all requests are answered rightly again`);
        }
        return told;
      },
    );
    return told.flat();
  },
};
