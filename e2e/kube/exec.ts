import { Readable, Writable } from 'node:stream';
import type { KubeConfig, V1Status } from '@kubernetes/client-node';
import { BrokenStream, ExecError } from './errors.ts';
import { outageOf } from './outage.ts';
import { shorten } from './text.ts';

/** A container of a pod. Without `container`, the default container of the pod. */
export type PodTarget = { namespace: string; name: string; container?: string };

export type ExecOptions = {
  stdin?: string | Uint8Array | Readable;
  signal?: AbortSignal;
  /** Called with the output as it arrives. The result then has no stdout. */
  onStdout?: (text: string) => void;
};

/**
 * The result of a command in a container. Kubernetes can drop unread output beyond about 50 kB when a command ends,
 * and still reports success (kubernetes#124571, seen in v1.34). For longer output use `script`.
 */
export type ExecResult = { stdout: string; stderr: string; exitCode: number };

/**
 * Returns a function that runs commands in containers, with the TLS and authentication of a kubeconfig. `started` is
 * called with the time that the start took, in ms.
 */
export const createExec =
  (config: KubeConfig, started: (time: number) => void = () => {}) =>
  async (
    pod: PodTarget,
    command: string[],
    { stdin, signal, onStdout }: ExecOptions = {},
  ): Promise<ExecResult> => {
    const { Exec } = await import('@kubernetes/client-node');
    const { WebSocketHandler } = await import('@kubernetes/client-node/dist/web-socket-handler.js');
    const what = `exec of ${shorten(nameOf(command).join(' '))} in ${pod.namespace}/${pod.name}`;
    const [stdout, stderr] = [collector(onStdout), collector()];
    const input =
      stdin === undefined ? null : stdin instanceof Readable ? stdin : Readable.from(chunks(stdin));
    // Separate streams for each exec. The default ones are those of this process, and a server that closes a channel
    // would close them.
    const handler = new WebSocketHandler(config, undefined, {
      stdin: input ?? Readable.from([]),
      stdout: stdout.stream,
      stderr: stderr.stream,
    });
    signal?.throwIfAborted();
    const ended = Promise.withResolvers<V1Status>();
    const since = performance.now();
    const connection = await new Exec(config, handler)
      .exec(
        pod.namespace,
        pod.name,
        pod.container ?? '',
        command,
        stdout.stream,
        stderr.stream,
        input,
        false,
        ended.resolve,
      )
      .catch((event: { message?: string; error?: unknown }) => {
        const message = `${what} did not start: ${event.message ?? 'no connection'}`;
        const cause = event.error ?? event;
        throw isOfServer(event.message, cause)
          ? new BrokenStream(message, { isUnopened: true, cause })
          : new ExecError(message, { cause, isPodGone: saysPodGone(event.message) });
      });
    started(performance.now() - since);
    const abort = () => ended.reject(new ExecError(`${what} was given up`, { cause: signal?.reason }));
    connection.onerror = ({ message }: { message: string }) =>
      ended.reject(new BrokenStream(`${what}: the stream broke: ${message}`));
    connection.onclose = ({ code }: { code: number }) =>
      ended.reject(
        new BrokenStream(`${what}: the stream closed (code ${code}) before the command's status came`),
      );
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      const exitCode = exitCodeOf(await ended.promise, what);
      return { stdout: stdout.text(), stderr: stderr.text(), exitCode };
    } finally {
      signal?.removeEventListener('abort', abort);
      connection.terminate();
    }
  };

// For a script on the command line, the name and the arguments after it describe the command better than its text.
const nameOf = (command: string[]): string[] => {
  const [shell = '', flag, , name] = command;
  return /^(ba)?sh$/.test(shell) && flag === '-c' && name !== undefined ? command.slice(3) : command;
};

// A server that is busy or not ready answers before it contacts the node. Any other error comes from the node or the
// pod.
const isOfServer = (message: string | undefined, cause: unknown): boolean =>
  /Unexpected server response: (429|503)\b/.test(message ?? '') || outageOf(cause) !== undefined;

// Error texts of the kubelet and the API server for a container that does not run. There is no error code for it.
const saysPodGone = (message = ''): boolean =>
  /\b(no running task|container not (found|running)|container \S+ is not running|pods? \S+ not found|server response: (404|500))\b/i.test(
    message,
  );

/** The exit code in the status that ends an exec. Throws ExecError if the command did not run. */
const exitCodeOf = (status: V1Status, what: string): number => {
  if (status.status === 'Success') return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code === undefined)
    throw new ExecError(`${what}: ${status.message ?? status.reason ?? 'failed without a message'}`, {
      isPodGone: saysPodGone(status.message),
    });
  return Number(code);
};

const collector = (onText?: (text: string) => void) => {
  const decoder = new TextDecoder();
  let all = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      const text = decoder.decode(chunk, { stream: true });
      if (onText === undefined) all += text;
      else if (text !== '') onText(text);
      done();
    },
  });
  return { stream, text: () => all + decoder.decode() };
};

// Small frames, because each hop keeps a whole frame in memory.
const chunks = function* (input: string | Uint8Array): Generator<Buffer> {
  const bytes =
    typeof input === 'string'
      ? Buffer.from(input)
      : Buffer.from(input.buffer, input.byteOffset, input.length);
  for (let start = 0; start < bytes.length; start += 32_768) yield bytes.subarray(start, start + 32_768);
};
