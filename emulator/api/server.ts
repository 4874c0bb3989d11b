import { createServer } from 'node:http';
import { listen } from '../listen.ts';
import { type ApiOptions, handleRequest } from './handler.ts';
import { longhornApiPort } from './resource.ts';
import { createStreams } from './streams.ts';

/**
 * Serves Longhorn's API from this manager. Every manager can answer every request, because all read and write
 * the same objects.
 */
export const serveApi = async (options: ApiOptions): Promise<void> => {
  // Idle connections stay open, as in Go. If the server closed one, a client could lose a request sent at that moment.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void handleRequest(options, request, response),
  );
  const stream = createStreams(options);
  server.on('upgrade', (request, socket, head) => stream(request, socket, head));
  await listen(server, { host: options.ip, port: longhornApiPort }, options.signal);
};
