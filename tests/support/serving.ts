import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Lets a server listen on a free port of loopback. Returns the port. */
export const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};

// Below the ephemeral ports, so that no client can take a port before its server does. Each process has this number of
// ports and uses them in turn: a run of all recordings starts a dozen API servers with three ports each.
const portsOfProcess = 200;
let taken = Math.floor(Math.random() * portsOfProcess);

/** A free port of loopback. */
export const freePort = async (): Promise<number> => {
  const first = 10_000 + (process.pid % 100) * portsOfProcess;
  for (let tries = 0; tries < portsOfProcess; tries++) {
    const port = first + (taken++ % portsOfProcess);
    const probe = createServer();
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening');
      await end(probe);
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`all ports of loopback from ${first} to ${first + portsOfProcess - 1} are taken`);
};

/** Ends a server and all its connections. */
export const end = async (server: Server & { closeAllConnections?(): void }): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server.close(), 'close');
  server.closeAllConnections?.();
  await closed;
};
