import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Lets a server listen on a free port of loopback, and gives the port. */
export const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};

// Below the ephemeral ports, so that no client gets one between its being found and its being taken. Each process
// has so many, and gives none twice in a row: a run of all recordings starts a dozen API servers, which take three each.
const portsOfProcess = 200;
let taken = Math.floor(Math.random() * portsOfProcess);

/** A port of loopback for a program that needs one; nobody listens at it. */
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

/** Ends a server with all that is connected to it. */
export const end = async (server: Server & { closeAllConnections?(): void }): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server.close(), 'close');
  server.closeAllConnections?.();
  await closed;
};
