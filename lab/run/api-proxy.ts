import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { createStaleReads, type ReadDecision, type StaleRule } from './stale-reads.ts';
import { gateway, kubernetesApiPort } from './topology.ts';

/** The port of the proxy on the lab's gateway. */
const apiProxyPort = 6444;

/** The objects with which pods reach the API server through the proxy, as one YAML stream. */
export const apiProxyEndpoints = (): string => {
  const endpoints = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: apiProxyPort, protocol: 'TCP' }],
    endpoints: [{ addresses: [gateway], conditions: { ready: true } }],
  };
  return stringify(endpoints);
};

const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Name and UID of the pod in a request's token. The API server checks the token's signature. */
const podOf = ({ headers }: IncomingMessage): { name: string; uid: string } | undefined => {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\./.exec(headers.authorization ?? '') ?? [];
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString())['kubernetes.io']?.pod;
  } catch {
    return undefined;
  }
};

const asJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

/** A follower's decision about a write: first about the request, then about its response. */
type Refusal = { id: number; do: 'refuse'; code: number; reason: string; message: string };
type WriteDecision = { id: number; do: 'pass' | 'drop' } | Refusal;

/** A client that follows writes whose path or body contains one of these texts. */
type Follower = {
  texts: string[];
  ask: (question: { id: number } & Record<string, unknown>) => Promise<WriteDecision>;
  /** Decides about a read while pods see an older state. The follower is notified of each list of that state. */
  read?: ReturnType<typeof createStaleReads>['read'];
};

let lastId = 0;

/**
 * Serves the followers of writes at a Unix socket, with JSON lines in both directions. The pending writes of
 * a follower that disconnects continue.
 */
const serveFollowers = (socket: string): Set<Follower> => {
  const followers = new Set<Follower>();
  createSocketServer((client: Socket) => {
    const questions = new Map<number, (decision: WriteDecision) => void>();
    const follower: Follower = {
      texts: [],
      ask: (question) => {
        // It may have disconnected while the API server had the write.
        if (client.destroyed) return Promise.resolve({ id: question.id, do: 'pass' });
        const { promise, resolve } = Promise.withResolvers<WriteDecision>();
        questions.set(question.id, resolve);
        client.write(`${JSON.stringify(question)}\n`);
        return promise;
      },
    };
    followers.add(follower);
    client.on('error', () => client.destroy());
    client.on('close', () => {
      followers.delete(follower);
      for (const [id, answer] of questions) answer({ id, do: 'pass' });
    });
    createInterface(client).on('line', (line) => {
      const decision = JSON.parse(line) as WriteDecision | { follow: string[] } | { stale: StaleRule };
      if ('stale' in decision) {
        const { read, lists } = createStaleReads(decision.stale);
        follower.read = (from) => {
          const before = lists();
          const decided = read(from);
          if (lists() > before) client.write(`${JSON.stringify({ staleLists: lists() })}\n`);
          return decided;
        };
        client.write(`${JSON.stringify({ staleLists: 0 })}\n`);
      } else if ('follow' in decision) {
        follower.texts.push(...decision.follow);
        client.write(`${JSON.stringify({ following: follower.texts.length })}\n`);
      } else {
        questions.get(decision.id)?.(decision);
        questions.delete(decision.id);
      }
    });
  }).listen(socket);
  return followers;
};

const refuse = (to: ServerResponse, { code, reason, message }: Omit<Refusal, 'id' | 'do'>): void => {
  to.writeHead(code, { 'content-type': 'application/json' });
  to.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }));
};

/**
 * Serves the API to pods on a separate port that only they use. Asks the follower of a pod's writes about
 * each: whether the request passes or is refused, and whether its response is delivered or dropped. Pods may
 * see an older state for a while.
 */
export const serveApiProxy = async ({ pki, socket }: { pki: string; socket: string }): Promise<void> => {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'kube-apiserver.crt', 'kube-apiserver.key'].map((file) => readFile(join(pki, file))),
  );
  const agent = new Agent({ keepAlive: true, ca: ca as Buffer });
  const followers = serveFollowers(socket);
  const upstreamOf = (from: IncomingMessage, path = from.url) =>
    request({
      host: gateway,
      port: kubernetesApiPort,
      agent,
      method: from.method,
      path,
      headers: from.headers,
    });

  const pass = async (from: IncomingMessage, to: ServerResponse, path?: string): Promise<void> => {
    const upstream = upstreamOf(from, path);
    to.on('close', () => upstream.destroy());
    upstream.on('error', () => to.destroy());
    upstream.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      to.flushHeaders();
      pipeline(answer, to).catch(() => to.destroy());
    });
    await pipeline(from, upstream).catch(() => to.destroy());
  };

  const send = (from: IncomingMessage, body: Buffer): Promise<{ answer: IncomingMessage; text: Buffer }> => {
    const { promise, resolve, reject } = Promise.withResolvers<{ answer: IncomingMessage; text: Buffer }>();
    const upstream = upstreamOf(from);
    upstream.on('error', reject);
    upstream.on('response', (answer) => {
      buffer(answer).then((text) => resolve({ answer, text }), reject);
    });
    upstream.end(body);
    return promise;
  };

  // Reads the object with the credentials of the writer.
  const readBefore = ({ method, url, headers: { authorization } }: IncomingMessage): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    if (method === 'POST' || authorization === undefined) return Promise.resolve(undefined);
    const path = url?.replace(/\/(?:status|scale)(?=$|\?)/, '').replace(/\?.*$/, '');
    const headers = { authorization, accept: 'application/json' };
    const call = request({ host: gateway, port: kubernetesApiPort, agent, path, headers }, (answer) => {
      buffer(answer).then(
        (text) => resolve(answer.statusCode === 200 ? asJson(text) : undefined),
        () => resolve(undefined),
      );
    });
    call.on('error', () => resolve(undefined));
    call.end();
    return promise;
  };

  const forwardWrite = async (from: IncomingMessage, to: ServerResponse, body: Buffer): Promise<void> => {
    const pod = podOf(from);
    const text = body.toString();
    const follower = [...followers].find(({ texts }) =>
      texts.some((each) => from.url?.includes(each) || text.includes(each)),
    );
    const whole = { verb: from.method, path: from.url, pod, object: asJson(body) };
    const before = follower && (await readBefore(from));
    const decision = await follower?.ask({ id: ++lastId, ...whole, before });
    if (decision?.do === 'drop') return void to.destroy();
    if (decision?.do === 'refuse') return refuse(to, decision);
    const tell = (status: number | undefined) => follower?.ask({ id: ++lastId, status, of: decision?.id });
    const { answer, text: said } = await send(from, body).catch(async (error: unknown) => {
      await tell(0);
      throw error;
    });
    const after = await tell(answer.statusCode);
    if (after?.do === 'drop') return void to.destroy();
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    to.end(said);
  };

  const decideRead = (from: IncomingMessage): ReadDecision => {
    const reads = [...followers].flatMap(({ read }) => read ?? []);
    const pod = reads.length > 0 ? podOf(from) : undefined;
    const decisions =
      pod === undefined ? [] : reads.map((read) => read({ method: from.method, url: from.url, pod }));
    return (
      decisions.find(
        (decision) => decision.do === 'refuse' || decision.url !== undefined || decision.after !== undefined,
      ) ?? {
        do: 'pass',
      }
    );
  };

  const forwardRead = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const decision = decideRead(from);
    if (decision.do === 'refuse')
      return refuse(to, {
        code: 422,
        reason: 'Invalid',
        message: 'this API server does not send a list as watch events',
      });
    if (decision.after !== undefined) await sleep(decision.after);
    if (!to.destroyed) await pass(from, to, decision.url);
  };

  const server = createServer({ cert: cert as Buffer, key: key as Buffer }, (from, to) => {
    to.on('error', () => to.destroy());
    if (followers.size === 0 || !writes.has(from.method ?? '')) return void forwardRead(from, to);
    buffer(from)
      .then((body) => forwardWrite(from, to, body))
      .catch(() => to.destroy());
  });
  // Watches and a pod's connections last long.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 501 Not Implemented\r\n\r\n'));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(apiProxyPort, gateway, resolve);
  await promise;
};
