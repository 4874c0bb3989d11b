import { once } from 'node:events';
import { connect } from 'node:net';
import { jsonLines } from '../../kube/json-lines.ts';
import { type BrokerAddress, toPath } from './broker.ts';
import type { Claim } from './claims.ts';

/** One holder's side of the locks. */
export type Holder = {
  /**
   * Gives back what is held and waits until the whole claim is granted; rejects when the signal aborts, or
   * the broker is gone.
   */
  hold(claim: Claim, signal: AbortSignal): Promise<void>;
  /** Gives its place to the next, and keeps what is held. */
  cede(): void;
  /**
   * Cedes; where somebody waits to have something alone for nobody else at work, resolves when it has had its
   * turn. Rejects as `hold` does.
   */
  yieldTurn(signal: AbortSignal): Promise<void>;
  /** Gives everything back. */
  leave(): void;
};

/**
 * Joins the locks of a run. The holder is this connection: the operating system ends it with this process.
 */
export const joinLocks = async (address: BrokerAddress): Promise<Holder> => {
  const connection = connect(toPath(address));
  await once(connection, 'connect');
  connection.on('error', () => {});
  const answers = jsonLines(connection)[Symbol.asyncIterator]();
  const ask = async (what: Claim | 'yield', signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    connection.write(`${JSON.stringify(what)}\n`);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Its end may look like an end or like a broken connection.
      const isGranted = answers.next().then(
        ({ done }) => done !== true,
        () => false,
      );
      if (!(await Promise.race([isGranted, stopped])))
        throw new Error('the process that keeps the locks of this run has ended');
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  return {
    hold: ask,
    cede: () => void connection.write('"cede"\n'),
    yieldTurn: (signal) => ask('yield', signal),
    leave: () => connection.destroy(),
  };
};
