import { once } from 'node:events';
import { connect } from 'node:net';
import { jsonLines } from '../../kube/json-lines.ts';
import { type BrokerAddress, toPath } from './broker.ts';
import type { Claim } from './claims.ts';

/** One holder's side of the locks. */
export type Holder = {
  /**
   * Gives back what is held and waits until the whole claim is granted; rejects when the signal aborts, or
   * the broker is gone. Resolves with false where it was to begin, and nobody begins any more.
   */
  hold(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** Says that what holds this has failed. */
  fail(): void;
  /** Gives its place to the next, and keeps what is held. */
  cede(): void;
  /** While the work only waits, its place is another's; what is held is kept. */
  idle<T>(work: () => Promise<T>): Promise<T>;
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
  const say = (what: Claim | string): void => void connection.write(`${JSON.stringify(what)}\n`);
  const ask = async (what: Claim | 'yield', signal: AbortSignal): Promise<boolean> => {
    signal.throwIfAborted();
    say(what);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Its end may look like an end or like a broken connection.
      const answered = answers.next().then(
        ({ done, value }) => (done ? undefined : (value as { granted: boolean })),
        () => undefined,
      );
      const answer = await Promise.race([answered, stopped]);
      if (answer === undefined) throw new Error('the process that keeps the locks of this run has ended');
      return answer.granted;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  return {
    hold: ask,
    fail: () => say('fail'),
    cede: () => say('cede'),
    idle: async (work) => {
      say('idle');
      try {
        return await work();
      } finally {
        say('resume');
      }
    },
    yieldTurn: async (signal) => void (await ask('yield', signal)),
    leave: () => connection.destroy(),
  };
};
