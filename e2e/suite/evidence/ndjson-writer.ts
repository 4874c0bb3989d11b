import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { redactAll } from '../../kube/redact/redact.ts';

/** A file of JSON lines to which lines are appended. */
export type NdjsonWriter = {
  /** Redacts a line and queues it for writing. Does not wait. */
  write(line: object): void;
  /** Resolves when all lines so far are in the file, or writing has failed. */
  flushed(): Promise<void>;
  /** Closes the file. Resolves when all lines are in it, or writing has failed. */
  end(): Promise<void>;
};

/**
 * Creates a file; an existing file is replaced. Lines that cannot be written are lost, and `onError` is called with
 * the error.
 */
export const openNdjsonWriter = (path: string, onError: (error: Error) => void): NdjsonWriter => {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    onError(error as Error);
    return { write: () => {}, flushed: async () => {}, end: async () => {} };
  }
  // One stream keeps the order of the lines, and writes waiting lines together.
  const stream = createWriteStream(path);
  let isLost = false;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  stream.on('error', (error) => {
    isLost = true;
    onError(error);
  });
  stream.on('close', close);
  return {
    write: (line) => {
      if (!isLost && !stream.writableEnded) stream.write(`${JSON.stringify(redactAll(line))}\n`);
    },
    flushed: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isLost || stream.writableEnded) resolve();
      // The callback also runs, with an error, if writing fails.
      else stream.write('', () => resolve());
      return promise;
    },
    end: () => {
      stream.end();
      return closed;
    },
  };
};
