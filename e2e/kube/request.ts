import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, NoPlugin } from './errors.ts';
import { learnHeader } from './redact/learn.ts';
import { shorten } from './shorten.ts';

// Of what a plugin has to say.
const longestReason = 500;

/** How a request is made; a body is sent as it is. */
export type RequestOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
};

/**
 * Sends a request to an API server; resolves when the headers of the answer are there, whatever its status.
 */
export type SendRequest = (path: string, options?: RequestOptions) => Promise<Response>;

/**
 * Makes requests with the TLS and the authentication of a kubeconfig.
 *
 * Over node:https, not fetch: the client's options (certificates, proxy agents, exec plugins) are made for
 * it, and a broken connection shows as what it was.
 */
export const createRequest = (config: KubeConfig, server: string): SendRequest => {
  const url = (path: string) => new URL(`${server}${path}`);
  return async (path, { method = 'GET', headers = {}, body, signal } = {}) => {
    const options: https.RequestOptions = {};
    // What a plugin printed may be a token: where it is no JSON, only that is said.
    await config.applyToHTTPSOptions(options).catch((thrown: Error) => {
      const error = asNoPlugin(thrown, config);
      const isOutput = error instanceof SyntaxError;
      const why = isOutput
        ? "what the kubeconfig's exec plugin printed is no JSON"
        : shorten(error.message, longestReason);
      throw new Error(
        `${method} ${path} at ${server}: cannot log in: ${why}`,
        isOutput ? {} : { cause: error },
      );
    });
    learnHeader((options.headers as Record<string, unknown> | undefined)?.Authorization);
    return new Promise((resolve, reject) => {
      const protocol = url(path).protocol === 'http:' ? http : https;
      const request = protocol.request(url(path), {
        ...options,
        method,
        headers: {
          accept: 'application/json',
          ...(options.headers as Record<string, string>),
          ...headers,
          // Node sends the body of a DELETE without its length, and the server then takes it for none.
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
        ...(signal && { signal }),
      });
      request.on('response', (message) => resolve(toResponse(message)));
      request.on('error', (error) =>
        reject(signal?.aborted ? signal.reason : describedError(error, `${method} ${path} at ${server}`)),
      );
      request.end(body);
    });
  };
};

// What is there and cannot be started is another error than what is not there at all.
const asNoPlugin = (error: Error, config: KubeConfig): Error => {
  const { syscall, code } = error as NodeJS.ErrnoException;
  const { exec } = config.getCurrentUser() ?? {};
  if (!syscall?.startsWith('spawn') || exec === undefined) return error;
  const { command, installHint } = exec as { command: string; installHint?: string };
  const why = code === 'ENOENT' ? 'is not there' : `cannot be started (${code})`;
  const remedy = installHint
    ? shorten(installHint.trim().replace(/\s+/g, ' '), longestReason)
    : 'install it, or name it by its path in the kubeconfig';
  return new NoPlugin(`the credential plugin ${command} of the kubeconfig ${why}`, { remedy, cause: error });
};

// Statuses that must not carry a body.
const bodiless = new Set([204, 304]);

const toResponse = (message: IncomingMessage): Response => {
  const status = message.statusCode ?? 500;
  const body = bodiless.has(status) ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Response(body as BodyInit | null, {
    status,
    statusText: message.statusMessage ?? '',
    headers: Object.entries(message.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    ),
  });
};

const describedError = (error: Error, what: string): Error =>
  new Error(`${what}: ${error.message || (error as NodeJS.ErrnoException).code}`, { cause: error });

/** Throws an ApiError, with the server's own words, for an answer that is no success. */
export const throwUnlessOk = async (response: Response, what: string): Promise<Response> => {
  if (response.ok) return response;
  const text = await response.text();
  const status = parseStatus(text);
  const reason = status.reason || response.statusText;
  throw new ApiError(
    `${what}: ${response.status} ${reason}: ${status.message || text.slice(0, 500) || 'no message'}`,
    {
      status: response.status,
      reason,
      retryAfter: retryAfterOf(response),
    },
  );
};

// Kubernetes sends seconds; the other form, a date, is for others.
const retryAfterOf = ({ headers }: Response): number | undefined => {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) * 1000 : undefined;
};

const parseStatus = (text: string): { reason?: string; message?: string } => {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
};

/** Writes a query string, with its question mark; what is undefined is left out. */
export const query = (parameters: Record<string, string | number | boolean | undefined>): string => {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? ''
    : `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`;
};
