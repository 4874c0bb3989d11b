import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { jsonLines } from '../../kube/json-lines.ts';
import { type Claim, type Claims, type ClaimsOptions, createClaims } from './claims.ts';

/** Where a broker listens: the name of an abstract unix socket, which no kill leaves behind. */
export type BrokerAddress = string;

/** The path that means this name to the operating system. */
export const toPath = (address: BrokerAddress): string => `\0${address}`;

/**
 * For how long after one has come those that are there wait for the next that is awaited; the broker owns this
 * time-out. Seventeen files take 20 s of processor time to load, and one that cannot be loaded brings no
 * holder: then those that are there begin.
 */
const awaitedWithinMs = 20_000;

/**
 * Starts the broker of a run's locks in this process: a connection is a holder, each line it sends is a claim
 * (or `cede`, `idle`, `resume`, `yield` or `fail`), each line it gets says whether its last claim is granted. A
 * connection that ends gives everything back, so nothing outlives a holder, however it dies.
 */
export const startBroker = async (
  options: ClaimsOptions = {},
): Promise<{ address: BrokerAddress; claims: Claims; stop(): Promise<void> }> => {
  const claims = createClaims(options);
  const opens = setTimeout(claims.open, awaitedWithinMs).unref();
  const server = createServer(async (connection) => {
    const holder = randomUUID();
    // A holder that was killed breaks its connection; there is nobody left to tell.
    connection.on('error', () => {});
    connection.on('close', () => claims.leave(holder));
    const answer = (granted: boolean) => void connection.write(`${JSON.stringify({ granted })}\n`);
    const grant = () => answer(true);
    try {
      for await (const asked of jsonLines(connection)) {
        if (asked === 'cede') claims.cede(holder);
        else if (asked === 'idle') claims.idle(holder);
        else if (asked === 'resume') claims.resume(holder);
        else if (asked === 'yield') claims.yieldTo(holder, grant);
        else if (asked === 'fail') claims.fail();
        else {
          opens.refresh();
          claims.ask(holder, asked as Claim, grant, () => answer(false));
        }
      }
    } catch {
      connection.destroy();
    }
  });
  const address = `corral-locks-${randomUUID()}`;
  server.listen(toPath(address));
  await once(server, 'listening');
  return {
    address,
    claims,
    stop: async () => {
      clearTimeout(opens);
      server.close();
      server.unref();
    },
  };
};
