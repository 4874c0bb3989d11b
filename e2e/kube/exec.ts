import { Readable, Writable } from 'node:stream';
import type { KubeConfig, V1Status } from '@kubernetes/client-node';
import { BrokenStream, ExecError } from './errors.ts';
import { shorten } from './shorten.ts';
import { troubleOf } from './trouble.ts';

/** A container of a pod; without `container`, the pod's default one. */
export type PodTarget = { namespace: string; name: string; container?: string };

export type ExecOptions = {
  stdin?: string | Uint8Array | Readable;
  signal?: AbortSignal;
  /** Is given what the command prints as it comes; the result has none of it then. */
  onStdout?: (text: string) => void;
};

/**
 * How a command in a container ended. Kubernetes drops what was not yet read when a command ends, beyond some
 * 50 kB, and calls that a success (kubernetes#124571, seen in v1.34): what prints more is a script in a shell.
 */
export type ExecResult = { stdout: string; stderr: string; exitCode: number };

/**
 * Runs commands in containers with the TLS and the authentication of a kubeconfig; `started` is called with how long
 * one took to start, in ms.
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
    const what = `exec of ${shorten(nameOf(command).join(' '), 200)} in ${pod.namespace}/${pod.name}`;
    const [stdout, stderr] = [collector(onStdout), collector()];
    const input =
      stdin === undefined ? null : stdin instanceof Readable ? stdin : Readable.from(chunks(stdin));
    // Its own streams: the default ones are this process's, and a server that closes a channel would close
    // them.
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

// A script given on the command line buries what it was to do: the name that it is given, and its arguments,
// say that.
const nameOf = (command: string[]): string[] => {
  const [shell = '', flag, , name] = command;
  return /^(ba)?sh$/.test(shell) && flag === '-c' && name !== undefined ? command.slice(3) : command;
};

// A server that is busy, or not ready, says so before it asks the node; any other answer is the node's or the
// pod's.
const isOfServer = (message: string | undefined, cause: unknown): boolean =>
  /Unexpected server response: (429|503)\b/.test(message ?? '') || troubleOf(cause) !== undefined;

// What a kubelet, or the API server for it, says of a command for a container that does not run: it has no
// code for that.
const saysPodGone = (message = ''): boolean =>
  /\b(no running task|container not (found|running)|container \S+ is not running|pods? \S+ not found|server response: (404|500))\b/i.test(
    message,
  );

/** Reads the exit code from the status that ends an exec; throws ExecError when the command did not run. */
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

// Small frames: one huge frame would sit whole in the memory of every hop.
const chunks = function* (input: string | Uint8Array): Generator<Buffer> {
  const bytes =
    typeof input === 'string'
      ? Buffer.from(input)
      : Buffer.from(input.buffer, input.byteOffset, input.length);
  for (let start = 0; start < bytes.length; start += 32_768) yield bytes.subarray(start, start + 32_768);
};
