import { randomBytes } from 'node:crypto';
import { request as send } from 'node:https';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { inEachPod } from '../../kube/in-pods.ts';
import type { S3Server, S3ServerAccess, StorePlace } from '../../store/driver.ts';
import { bucket, endpointOf, placeSchema, prefixOf } from '../../store/drivers/s3/place.ts';
import { findServers, s3Server } from '../../store/drivers/s3/server.ts';
import { serversOf } from '../../store/drivers/server.ts';
import type { FaultOperations } from '../fault.ts';
import { describeFolder, prefixPath, type StorePart } from './places.ts';
import { storeFault } from './store-fault.ts';

// The HTTP operations on a store, on one object or on a key prefix.
const requests = {
  list: 'listing of',
  look: 'look at',
  read: 'reading of',
  write: 'writing of',
  delete: 'deletion of',
} as const;

type Request = keyof typeof requests;

/**
 * The ways to answer wrongly: an error of the server; no answer; the right answer, but only once the fault is healed, or 40 ms later;
 * an error as if a proxy had rewritten the signed host, or the time to 20 minutes ago; a listing in pages of two; a
 * listing of two entries that does not say it is truncated.
 */
const answers = {
  AccessDenied: '403 AccessDenied',
  SlowDown: '503 SlowDown',
  InternalError: '500 InternalError',
  silence: 'nothing',
  late: 'what is right then, but only later',
  slow: 'what is right, 40 ms later',
  'another host': 'the refusal of a signature, as the host was rewritten',
  'another time': 'the refusal of a time, as it was rewritten to 20 minutes ago',
  'short pages': 'pages of two entries',
  'cut short': 'two entries, without a sign that there are more',
} as const;

type WrongAnswer = keyof typeof answers;

/**
 * Which requests are affected: an operation, below a folder, of a lock or a config, or everywhere, and only every n-th
 * request (`every`). `on`: the backup target; the default is that of the folder, or the first.
 */
type Requests = {
  to: Request;
  below?: StorePart;
  every?: number;
  on?: { name: string };
};

// The answer of the proxy (lab/s3/cmd/s3-faults) about its rules: how many requests matched a rule, and how many of
// them it answered wrongly.
const rulesSchema = z.array(z.object({ id: z.string(), seen: z.number(), met: z.number() }));
type Rules = z.infer<typeof rulesSchema>;

const askProxy = async (
  { proxy, login }: Pick<S3Server, 'proxy' | 'login'>,
  place: StorePlace,
  { method = 'GET', path = '', body }: { method?: 'GET' | 'POST' | 'DELETE'; path?: string; body?: object },
): Promise<Rules> => {
  if (proxy === undefined) return [];
  const { promise, resolve, reject } = Promise.withResolvers<Rules>();
  const request = send(
    `${endpointOf(place)}/-/rules${path}`,
    {
      ...{ agent: proxy.agent, method, signal: AbortSignal.timeout(60_000) },
      headers: { authorization: `Bearer ${login['root-secret']}` },
    },
    (answer) => {
      if (answer.statusCode === 200)
        return json(answer).then((said) => resolve(rulesSchema.parse(said)), reject);
      answer.resume();
      reject(new Error(`the proxy before the S3 server answers ${answer.statusCode}`));
    },
  );
  request.on('error', reject);
  request.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
};

// No object has this ETag, so a probe changes nothing.
const IfMatch = '"none"';

const probes: Record<
  Request,
  (client: S3, Key: string, at: { abortSignal: AbortSignal }) => Promise<string>
> = {
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

// How long a request that has matched must stay without an answer, and how long it may take to match, in ms.
const silence = { unanswered: 1_000, matched: 60_000 };

const make = (
  { server, place }: S3ServerAccess,
  title: string,
  answer: WrongAnswer,
  { to, below, every = 1 }: Requests,
): FaultOperations<{ met: () => Promise<number> }> => {
  const id = randomBytes(4).toString('hex');
  const prefix = `${prefixOf(place)}/${below === undefined ? '' : prefixPath(below)}`;
  const key = `${prefix}${below === undefined ? '' : '/'}corral-probe`;
  const current = async () => {
    const rule = (await askProxy(server, place, {})).find((each) => each.id === id);
    if (rule === undefined)
      throw new Error(`the fault is not in force: ${title}: the proxy has no such rule`);
    return rule;
  };
  const ask = (client: S3, abortSignal: AbortSignal): Promise<string> =>
    probes[to](client, to === 'list' ? prefix : key, { abortSignal }).catch(({ name }: Error) =>
      name === 'AbortError' || name === 'TimeoutError' ? 'nothing' : name,
    );
  // A busy machine may need seconds until the request arrives, so the time without an answer counts from its match.
  const askSilent = async (client: S3): Promise<string> => {
    const { met } = await current();
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(silence.matched)]);
    const answered = ask(client, signal).finally(() => stop.abort());
    try {
      while (!signal.aborted && (await current()).met === met) await sleep(100);
      await sleep(silence.unanswered, undefined, { signal }).catch(() => {});
    } finally {
      stop.abort();
    }
    return answered;
  };
  return {
    data: { place, id },
    handle: { met: async () => (await current()).met },
    inject: async () => {
      await askProxy(server, place, {
        method: 'POST',
        body: { id, operation: to, below: prefix, every, answer },
      });
    },
    prove: async () => {
      const before = await current();
      const { proxy } = server;
      if (proxy === undefined) throw new Error(`the fault is not in force: ${title}: there is no proxy`);
      const answers = new Set<string>();
      for (let sent = 0; sent < every; sent += 1)
        answers.add(
          await (answer === 'silence' || answer === 'late'
            ? askSilent(proxy.user)
            : ask(proxy.user, AbortSignal.timeout(60_000))),
        );
      const { seen, met } = await current();
      if (met === before.met)
        throw new Error(
          `the fault is not in force: ${title}: ${[...answers].join(', ')}, and no request matched`,
        );
      return `asked ${every === 1 ? 'once' : `${every} times`} as Longhorn's user: ${[...answers].join(', ')}; met by ${met} of ${seen} such requests`;
    },
  };
};

const schema = z.object({ place: placeSchema, id: z.string() });

const remove = async (server: S3Server, place: StorePlace, id: string): Promise<void> => {
  await askProxy(server, place, { method: 'DELETE', path: `/${id}` });
};

// If the server is gone, its proxy is gone too.
const heal = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { place, id } = schema.parse(data);
  const servers = await findServers(cluster, place);
  await Promise.all(servers.map((server) => remove(server, place, id)));
  return servers.length > 0
    ? 'such requests are answered rightly'
    : `the server of ${prefixOf(place)} is gone, and its proxy with it`;
};

const healByLabels = async (cluster: Cluster, run: string, namespace?: string): Promise<string[]> => {
  const lines = await inEachPod(await serversOf(cluster, s3Server, { run, namespace }), async ({ place }) => {
    const ofServer: string[] = [];
    for (const server of await findServers(cluster, place)) {
      const rules = await askProxy(server, place, {});
      for (const { id } of rules) await remove(server, place, id);
      if (rules.length > 0) ofServer.push(`${endpointOf(place)}: all requests are answered rightly again`);
    }
    return ofServer;
  });
  return lines.flat();
};

/** A proxy before the server answers chosen requests wrongly, for every client that uses the store's address. */
export const wrongAnswers = storeFault({
  name: 'wrongAnswers',
  ledgerName: 'wrong-answers',
  needs: 'a backup store that is asked by HTTP, where chosen requests can be answered wrongly',
  features: ['proxy'],
  sentence: '{which} {request} {what} is answered with {answer}',
  parameters: (answer: WrongAnswer, { to, below, every = 1 }: Requests) => ({
    which: every === 1 ? 'each' : `one of ${every}`,
    request: requests[to],
    what: below === undefined ? 'what is in the store' : describeFolder(below),
    answer: answers[answer],
  }),
  ways: { s3Server: { make, heal, healByLabels } },
  document: {
    about: `The store's server answers chosen requests wrongly: each, or each second, third, … of one operation below one prefix. With \`SlowDown\` (503) or \`InternalError\` (500); with nothing, while the connection stays open; with an answer that was right at the time of the request, but is sent only when the fault is healed; with the right answer, 40 ms later; as if a proxy had rewritten the signed host (\`SignatureDoesNotMatch\`), or the time, to 20 minutes ago (\`RequestTimeTooSkewed\`); or with a listing in pages of two, or one of two entries that says nothing of the others.`,
    inject:
      "in a scenario that needs this a proxy (`s3-faults`, `lab/s3/`) stands before the server in its pod, at the store's address; it is given a rule. Where the rule is about one of several requests, the retries of an SDK are not counted and always pass. The proxy forwards all other requests as they are signed",
    prove:
      "as many such requests as the rule needs are sent through the proxy, as Longhorn's user, and at least one met the rule. A write or a deletion asks for an ETag that no object has, so nothing can change",
    heal: 'the rule is taken away; whoever waits for an answer then is cut off, and asks again, or has the late one',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store use the proxy; the suite itself bypasses it',
    'in scenarios': '`given.wrongAnswers`, healed by `when.released`',
  },
});
