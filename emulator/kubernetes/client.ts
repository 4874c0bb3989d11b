import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { text as readText } from 'node:stream/consumers';
import { createSecureContext } from 'node:tls';
import { requiredVariable } from '../environment.ts';

// Replaces @kubernetes/client-node. A manager needs only JSON over HTTPS with a token. The library would cost
// each manager and each job 80 MiB of memory and 0.9 s of its start (measured on the host, Node 24).
export type ApiAccess = { server: string; ca: string; token: () => string };

/** A response of the API server with a status other than 2xx. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly reason: string;
  /** Only the server's message. */
  readonly words: string;
  constructor(what: string, status: number, reason: string, message: string) {
    super(`${what}: ${status} ${reason}: ${message}`);
    this.name = 'ApiFailure';
    this.status = status;
    this.reason = reason;
    this.words = message;
  }
}

export const isConflict = (error: unknown): boolean =>
  error instanceof ApiFailure && error.status === 409 && error.reason !== 'AlreadyExists';
export const isNotFound = (error: unknown): boolean => error instanceof ApiFailure && error.status === 404;
/** A handler for a request that may find nothing: its result is undefined then. Throws other errors. */
export const ignoreMissing = (error: unknown): undefined => {
  if (!isNotFound(error)) throw error;
};
export const alreadyExists = (error: unknown): boolean =>
  error instanceof ApiFailure && error.reason === 'AlreadyExists';

export type Client = {
  /** Sends one request and returns the parsed response. Throws ApiFailure for a status other than 2xx. */
  request<T>(method: string, path: string, body?: object, contentType?: string): Promise<T>;
  /**
   * Opens a watch and yields its lines. Ends when the server ends it. Throws when the connection breaks, when
   * nothing comes for 90 s, or when the signal aborts.
   */
  lines(path: string, signal: AbortSignal): AsyncGenerator<string>;
};

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Access of the pod's service account. The token is read each time, because the kubelet rotates it. */
export const podAccess = (): ApiAccess => ({
  server: `https://${requiredVariable(process.env, 'KUBERNETES_SERVICE_HOST')}:${requiredVariable(process.env, 'KUBERNETES_SERVICE_PORT')}`,
  ca: readFileSync(`${accountFolder}/ca.crt`, 'utf8'),
  token: () => readFileSync(`${accountFolder}/token`, 'utf8'),
});

const requestTimeout = 30_000;

// A watch gets a bookmark about once a minute. One that gets nothing may have lost its connection unnoticed.
const watchIdleTimeout = 90_000;

/** Creates a client that keeps its connections open. */
export const createClient = ({ server, ca, token }: ApiAccess): Client => {
  // Created once, because otherwise each connection parses the authority's certificate again.
  const agent = new Agent({ secureContext: createSecureContext({ ca }), keepAlive: true });
  const send = (
    method: string,
    path: string,
    body?: object,
    contentType = 'application/json',
    signal?: AbortSignal,
  ) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const text = body && JSON.stringify(body);
    // For a DELETE, Node sends a body without its length unless told. The API server then takes the body for
    // the beginning of the next request.
    const headers = {
      authorization: `Bearer ${token()}`,
      accept: 'application/json',
      ...(text && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
    };
    const request = httpsRequest(
      server + path,
      { method, agent, headers, ...(signal && { signal }) },
      resolve,
    );
    request.on('error', reject).end(text);
    return promise;
  };
  const check = async (response: IncomingMessage, what: string): Promise<void> => {
    if ((response.statusCode ?? 0) < 300) return;
    const text = await readText(response);
    const status = text.startsWith('{') ? JSON.parse(text) : {};
    throw new ApiFailure(what, response.statusCode ?? 0, status.reason ?? '', status.message ?? text);
  };
  return {
    request: async <T>(method: string, path: string, body?: object, contentType?: string): Promise<T> => {
      const response = await send(method, path, body, contentType, AbortSignal.timeout(requestTimeout));
      await check(response, `${method} ${path}`);
      return JSON.parse(await readText(response));
    },
    lines: async function* (path, signal) {
      const response = await send('GET', path, undefined, undefined, signal);
      await check(response, `GET ${path}`);
      response.setEncoding('utf8');
      response.setTimeout(watchIdleTimeout, () =>
        response.destroy(new Error(`nothing came within ${watchIdleTimeout / 1_000} s: GET ${path}`)),
      );
      let rest = '';
      for await (const chunk of response) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
    },
  };
};
