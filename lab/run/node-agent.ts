import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

/** The result of a command in a node. */
type NodeCommandResult = { exitCode: number; stdout: string; stderr: string };

/** Runs commands in a node through its console, without kubelet or network. */
export type NodeAgent = {
  /** Resolves when the node's boot is far enough to run commands. */
  ready: Promise<void>;
  /** Runs a bash script in the node as root. Rejects when the node dies, or has not answered within `within` ms. */
  run: (script: string, options?: { within?: number }) => Promise<NodeCommandResult>;
};

/**
 * Default time-out of a command. The lab's supervisor owns it. Reading the mounts of all processes takes 0.2
 * s, and took 8 s where three labs and two builds shared two processors.
 */
const TIMEOUT_MS = 180_000;

const decode = (text: string): string => Buffer.from(text.slice(1), 'base64').toString('utf8');

/**
 * Communicates with the agent in a node's init over that node's second console. A request is `NUMBER SCRIPT`, a
 * response `NUMBER EXITCODE =STDOUT =STDERR`, with texts in base64. Responses come in the order in which commands end.
 * Before it is ready, the agent requests the time (`clock`, in microseconds) and sets the node's clock.
 */
export const connectNodeAgent = (node: string, stream: Duplex): NodeAgent => {
  const waiting = new Map<number, (ran: NodeCommandResult) => void>();
  const gone = new AbortController();
  const { promise: ready, resolve: isReady, reject: neverReady } = Promise.withResolvers<void>();
  // There may be no caller that handles this rejection.
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
      // The time-out also applies to a node whose boot never ends.
      await Promise.race([ready, end]);
      last += 1;
      const number = last;
      const { promise, resolve } = Promise.withResolvers<NodeCommandResult>();
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
