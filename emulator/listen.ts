import type { Server } from 'node:http';

/** Starts an HTTP server and resolves once it listens. The signal closes the server and its connections. */
export const listen = async (
  server: Server,
  where: { host?: string; port: number },
  signal: AbortSignal,
): Promise<void> => {
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(where, resolve);
  await promise;
};
