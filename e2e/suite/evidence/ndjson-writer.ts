import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { redactAll } from '../../kube/redact/redact.ts';

/** A file of JSON lines that grows while something happens. */
export type Lines = {
  /** Writes a line, redacted; returns at once. */
  write(line: object): void;
  /** Returns when all that was written so far is in the file, or cannot be. */
  flushed(): Promise<void>;
  /** Returns when all that was written is in the file, or cannot be. */
  end(): Promise<void>;
};

/**
 * Begins a file, in whose place there may be one of before. What cannot be written is lost: `onTrouble` is
 * called the first time.
 */
export const openLines = (path: string, onTrouble: (error: Error) => void): Lines => {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    onTrouble(error as Error);
    return { write: () => {}, flushed: async () => {}, end: async () => {} };
  }
  // One stream: what is written while it is busy goes out in one piece, and the order is kept.
  const stream = createWriteStream(path);
  let isLost = false;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  stream.on('error', (error) => {
    isLost = true;
    onTrouble(error);
  });
  stream.on('close', close);
  return {
    write: (line) => {
      if (!isLost && !stream.writableEnded) stream.write(`${JSON.stringify(redactAll(line))}\n`);
    },
    flushed: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isLost || stream.writableEnded) resolve();
      // Called with the error where it cannot be written.
      else stream.write('', () => resolve());
      return promise;
    },
    end: () => {
      stream.end();
      return closed;
    },
  };
};
