import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ApiOptions, apiPort, handle } from '../api/handler.ts';
import { listen } from '../api/server.ts';
import { createStreams } from '../api/websocket/stream.ts';
import type { Mutant } from '../mutants.ts';
import { pageHtml } from './html.ts';

/** Port of the user interface in each manager's pod. */
export const uiPort = 8000;

export type FrontendOptions = ApiOptions & {
  /** Address to listen at; every one of the pod's if it is not given, as a forwarded port comes from inside. */
  uiHost?: string;
  /** File with the page's script. */
  page: string;
  mutant: Mutant | undefined;
};

const isApi = (url: string | undefined): boolean => /^\/v1(?:[/?]|$)/.test(url ?? '');

// By the name that Longhorn's nginx calls its managers by, whatever the browser called this server.
const backend = `longhorn-backend:${apiPort}`;

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

/** Serves the user interface, and the API under the same name; resolves once it listens. */
export const serveFrontend = async ({ uiHost, page, mutant, ...options }: FrontendOptions): Promise<void> => {
  // Idle connections end as in serveApi: never.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (isApi(request.url)) return void handle(options, request, response, backend);
    answer(request, response, { page, mutant }).catch((error) => {
      options.log.error('Cannot serve the user interface', { error });
      response.writeHead(500).end();
    });
  });
  const stream = createStreams(options);
  server.on('upgrade', (request, socket, head) => stream(request, socket, head, backend));
  await listen(server, { port: uiPort, ...(uiHost && { host: uiHost }) }, options.signal);
};
