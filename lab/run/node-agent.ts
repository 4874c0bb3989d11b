import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

/** What a command that ran in a node came to. */
export type Ran = { exitCode: number; stdout: string; stderr: string };

/** Runs commands in a node by its own console: it needs neither kubelet nor network there. */
export type NodeAgent = {
  /** Resolves when the node has come so far in its boot that it takes commands. */
  ready: Promise<void>;
  /**
   * Runs a bash script in the node, as root; rejects when the node dies, or has not answered in `within` ms.
   */
  run: (script: string, options?: { within?: number }) => Promise<Ran>;
};

/**
 * How long a command may take, where its caller does not say; the lab's supervisor owns this time-out. A look at the
 * mounts of all processes takes 0.2 s, and 8 s were seen where three labs and two builds shared two processors.
 */
const TIMEOUT_MS = 180_000;

const decode = (text: string): string => Buffer.from(text.slice(1), 'base64').toString('utf8');

/**
 * Speaks with the agent in a node's init, over that node's second console.
 *
 * A request is `NUMBER SCRIPT`, an answer `NUMBER EXITCODE =STDOUT =STDERR`, texts in base64; answers come as
 * commands end. Before it is ready the agent asks for the time (`clock`, in microseconds), and sets the
 * node's clock by it.
 */
export const nodeAgent = (node: string, stream: Duplex): NodeAgent => {
  const waiting = new Map<number, (ran: Ran) => void>();
  const gone = new AbortController();
  const { promise: ready, resolve: isReady, reject: neverReady } = Promise.withResolvers<void>();
  // Nobody has to be waiting for it.
  ready.catch(() => {});
  let last = 0;
  stream.on('error', () => stream.destroy());
  stream.on('close', () => {
    const reason = new Error(`${node} is down`);
    gone.abort(reason);
    neverReady(reason);
  });
  createInterface(stream).on('line', (line) => {
    const [first = '', exitCode, stdout = '', stderr = ''] = line.trim().split(' ');
    if (first === 'ready') return isReady();
    if (first === 'clock') return stream.write(`clock ${Date.now()}000\n`);
    waiting.get(Number(first))?.({
      exitCode: Number(exitCode),
      stdout: decode(stdout),
      stderr: decode(stderr),
    });
  });
  return {
    ready,
    run: async (script, { within = TIMEOUT_MS } = {}) => {
      const timer = AbortSignal.timeout(within);
      const cut = AbortSignal.any([gone.signal, timer]);
      const end = once(cut, 'abort').then(() => {
        throw timer.aborted
          ? new Error(
              `${node} did not answer within ${within / 1000} s (the lab's time-out for a command in a node)`,
            )
          : gone.signal.reason;
      });
      if (cut.aborted) throw gone.signal.reason;
      // A node that never comes to the end of its boot must not be waited for, for ever.
      await Promise.race([ready, end]);
      last += 1;
      const number = last;
      const { promise, resolve } = Promise.withResolvers<Ran>();
      waiting.set(number, resolve);
      stream.write(`${number} ${Buffer.from(script).toString('base64')}\n`);
      try {
        return await Promise.race([promise, end]);
      } finally {
        waiting.delete(number);
      }
    },
  };
};
