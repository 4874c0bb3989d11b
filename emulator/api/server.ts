import { createServer } from 'node:http';
import { listen } from '../listen.ts';
import { type ApiOptions, handle, longhornApiPort } from './handler.ts';
import { createStreams } from './streams.ts';

/**
 * Serves Longhorn's API from this manager; every manager can answer for all, for it reads and writes their
 * common objects.
 */
export const serveApi = async (options: ApiOptions): Promise<void> => {
  // Like Go's, it never ends an idle connection: a client would lose the request that it sends at that
  // moment.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void handle(options, request, response),
  );
  const stream = createStreams(options);
  server.on('upgrade', (request, socket, head) => stream(request, socket, head));
  await listen(server, { host: options.ip, port: longhornApiPort }, options.signal);
};
