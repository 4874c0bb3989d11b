import type { ServerResponse } from 'node:http';
import { lamp } from '../history/lamps.ts';
import type { Delivery, Ending } from '../history/schedules/schedule.ts';
import type { Reading } from './stream-server-given.ts';
import type { Happened } from './stream-server-store.ts';

/** One watch that is being served; it goes on when the client has read what it was sent, never by a clock. */
export type ServedWatch = Reading & {
  /** Resolves when the client has begun to read, or has left. */
  opened: Promise<void>;
  /** The client or the end of the stream has closed it. */
  readonly isClosed: boolean;
  /** Resolves when the client is done with all of it, or has left. */
  send(lines: string[], how: Delivery): Promise<void>;
  /** Resolves when it is closed. */
  end(how: Ending): Promise<void>;
};

/** A line of a watch for something that happened. */
export const eventLine = ({ type, object }: Happened): string => JSON.stringify({ type, object });

/** A line that says up to where everything was told. */
export const bookmarkLine = (version: number): string =>
  JSON.stringify({
    type: 'BOOKMARK',
    object: { kind: 'Lamp', metadata: { resourceVersion: String(version), creationTimestamp: null } },
  });

/** The body of a refusal, and what an error event carries. */
export const status = (code: number) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason: reasons[code] ?? 'Failed',
  message: `no: ${code}`,
});

const reasons: Record<number, string> = {
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  504: 'Timeout',
};
const errorLine = (code: number): string => JSON.stringify({ type: 'ERROR', object: status(code) });

/** Begins to answer a watch. */
export const serveWatch = (response: ServerResponse): ServedWatch => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const waiting = new Map<number, () => void>();
  let isClosed = false;
  let sent = 0;
  response.on('close', () => {
    isClosed = true;
    close();
  });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();

  const read = (upTo: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(upTo, resolve);
    return Promise.race([promise, closed]);
  };
  const write = (bytes: Uint8Array): Promise<void> => {
    if (isClosed || bytes.length === 0) return Promise.resolve();
    sent += bytes.length;
    response.write(bytes);
    return read(sent);
  };
  const sendLine = (line: string) => write(Buffer.from(`${line}\n`));
  // destroySoon lets what was written leave first; a reset may overtake it.
  const cut = () => response.socket?.destroySoon();
  const endings: Record<Ending, () => unknown> = {
    end: () => response.end(),
    cut,
    reset: () => response.socket?.resetAndDestroy(),
    'half-line': () => write(Buffer.from(bookmarkLine(99_999).slice(0, 60))).then(cut),
    noise: () => sendLine('<html>502 Bad Gateway</html>'),
    stranger: () => sendLine(JSON.stringify({ type: 'FOUND', object: lamp('hall', 'on', 99_999) })),
    stall: () => {},
    error: () => sendLine(errorLine(500)).then(() => response.end()),
    gone: () => sendLine(errorLine(410)).then(() => response.end()),
    stays: () => {},
  };
  return {
    opened: read(0),
    get isClosed() {
      return isClosed;
    },
    done: (bytes) => {
      for (const [end, resolve] of waiting) {
        if (end > bytes) continue;
        waiting.delete(end);
        resolve();
      }
    },
    send: async (lines, how) => {
      for (const piece of pieces(ordered(lines, how), how)) {
        const isRead = write(piece);
        if (how !== 'hasty') await isRead;
      }
    },
    end: async (how) => {
      if (!isClosed) await endings[how]();
      await closed;
    },
  };
};

const ordered = (lines: string[], how: Delivery): string[] => {
  if (how === 'twice') return lines.flatMap((line) => [line, line]);
  // Two by two the other way round, from the second one on: not only the very first one is late.
  return how === 'reordered' ? [...lines.slice(2), ...lines.slice(0, 2).reverse()] : lines;
};

const pieces = (lines: string[], how: Delivery): Uint8Array[] => {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  if (how === 'bytes')
    return Array.from({ length: Math.ceil(bytes.length / 23) }, (_, index) =>
      bytes.subarray(index * 23, index * 23 + 23),
    );
  if (how !== 'split') return [bytes];
  const inside = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xc0);
  const at = inside === -1 ? bytes.length >> 1 : inside;
  return [bytes.subarray(0, at), bytes.subarray(at)];
};
