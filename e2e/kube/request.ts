import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, isProgramMissing, NoPlugin } from './errors.ts';
import { registerHeaderSecrets } from './redact/register.ts';
import { shorten } from './text.ts';

// In characters, for the message of a plugin.
const longestReason = 500;

/** How to send a request. The body is sent unchanged. */
export type RequestOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
};

/** Sends a request to an API server. Resolves with any status, when the headers of the response have arrived. */
export type SendRequest = (path: string, options?: RequestOptions) => Promise<Response>;

/**
 * Returns a function that sends requests with the TLS and authentication of a kubeconfig. It uses node:https instead
 * of fetch: the client's options (certificates, proxy agents, exec plugins) require that, and errors of the
 * connection keep their cause.
 */
export const createRequest = (config: KubeConfig, server: string): SendRequest => {
  const url = (path: string) => new URL(`${server}${path}`);
  return async (path, { method = 'GET', headers = {}, body, signal } = {}) => {
    const options: https.RequestOptions = {};
    // The output of a plugin may be a token, so an error about invalid JSON does not quote it.
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
    registerHeaderSecrets((options.headers as Record<string, unknown> | undefined)?.Authorization);
    return new Promise((resolve, reject) => {
      const protocol = url(path).protocol === 'http:' ? http : https;
      const request = protocol.request(url(path), {
        ...options,
        method,
        headers: {
          accept: 'application/json',
          ...(options.headers as Record<string, string>),
          ...headers,
          // Without it Node sends the body of a DELETE without its length, and the server ignores the body.
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

// A plugin that exists but cannot be started has another message than a missing one.
const asNoPlugin = (error: Error, config: KubeConfig): Error => {
  const { syscall, code } = error as NodeJS.ErrnoException;
  const { exec } = config.getCurrentUser() ?? {};
  if (!syscall?.startsWith('spawn') || exec === undefined) return error;
  const { command, installHint } = exec as { command: string; installHint?: string };
  const why = isProgramMissing(command, code) ? 'is not there' : `cannot be started (${code})`;
  const remedy = installHint
    ? shorten(installHint.trim().replace(/\s+/g, ' '), longestReason)
    : 'install it, or name it by its path in the kubeconfig';
  return new NoPlugin(`the credential plugin ${command} of the kubeconfig ${why}`, { remedy, cause: error });
};

// Statuses whose response must not have a body.
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

/** Throws an ApiError with the server's message for an error response. */
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

// Kubernetes sends seconds. The date form is not supported.
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

/** Formats a query string with its question mark. Undefined parameters are omitted. */
export const queryString = (parameters: Record<string, string | number | boolean | undefined>): string => {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? ''
    : `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`;
};
