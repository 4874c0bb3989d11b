import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen } from '../listen.ts';
import type { Mutant } from '../mutants.ts';
import { pageHtml } from './html.ts';
import { createProxy, type ProxyOptions } from './proxy.ts';

/** Port of the user interface in its pod. */
export const uiPort = 8000;

export type FrontendOptions = ProxyOptions & {
  /** Address to listen at; every one of the pod's if it is not given, as a forwarded port comes from inside. */
  uiHost?: string;
  /** File with the page's script. */
  page: string;
  mutant: Mutant | undefined;
  signal: AbortSignal;
};

const isApi = (url: string | undefined): boolean => /^\/v1(?:[/?]|$)/.test(url ?? '');

const answer = async (
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
  { page, mutant }: Pick<FrontendOptions, 'page' | 'mutant'>,
): Promise<void> => {
  if (url === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'max-age=0' }).end(pageHtml(mutant));
  } else if (url === '/page.js') {
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(await readFile(page));
  } else {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`not emulated: ${url}\n`);
  }
};

/** Serves the user interface, and under the same name the API of whichever manager answers; resolves once it listens. */
export const serveFrontend = async ({ uiHost, page, mutant, signal, ...options }: FrontendOptions): Promise<void> => {
  const proxy = createProxy(options);
  // Idle connections end as in serveApi: never.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (isApi(request.url)) return proxy.request(request, response);
    answer(request, response, { page, mutant }).catch((error) => {
      options.log.error('Cannot serve the user interface', { error });
      response.writeHead(500).end();
    });
  });
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    proxy.upgrade(request, socket, head);
  });
  signal.addEventListener('abort', () => {
    for (const socket of upgraded) socket.destroy();
  });
  await listen(server, { port: uiPort, ...(uiHost && { host: uiHost }) }, signal);
};
