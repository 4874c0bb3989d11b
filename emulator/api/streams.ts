import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { parseGoDuration } from '../go.ts';
import { streamedCollections } from './collections.ts';
import { type ApiOptions, linksFor, parseRequestTarget } from './handler.ts';
import { toCollection } from './resource.ts';

const keepAlive = 15_000;
const longestPeriod = 15_000;
/** Most bytes that a client may leave unread. With more, its connection is closed. */
const maxUnreadBytes = 1 << 26;
/** Longest payload accepted from a client, in bytes. A client of this API sends only ping, pong and close. */
const longestPayload = 1 << 16;

const isFollowed = (name: string): name is keyof typeof streamedCollections =>
  Object.hasOwn(streamedCollections, name);

/** Parses a WebSocket path, /v1/ws/1s/backups or /v1/ws/backups. `period` is in milliseconds, 0 to 15,000. */
const readStreamPath = (
  pathname: string,
): { name: keyof typeof streamedCollections; period: number } | undefined => {
  const [, period = '', name = ''] = /^\/v1\/ws(?:\/([^/]+))?\/([^/]+)$/.exec(pathname) ?? [];
  if (!isFollowed(name)) return undefined;
  return { name, period: Math.min(parseGoDuration(period), longestPeriod) };
};

/**
 * The changes of one stream. All its connections share them: each change goes to one connection, the one that
 * waits longest. While no connection waits, two changes are kept and further ones are dropped.
 */
export type Changes = {
  notify(): void;
  /** Calls `take` at the next change, possibly at once. */
  next(take: () => void): void;
  /** Cancels the call of `next` with this callback. */
  forget(take: () => void): void;
};

/** Creates the changes of one stream (controller/websocket_controller.go, source of v1.8.0 to v1.12.1). */
export const createChanges = (): Changes => {
  let kept = 0;
  let waiting: (() => void)[] = [];
  return {
    notify: () => {
      const take = waiting.shift();
      if (take === undefined) kept = Math.min(kept + 1, 2);
      else take();
    },
    next: (take) => {
      if (kept === 0) waiting.push(take);
      else {
        kept -= 1;
        take();
      }
    },
    forget: (take) => {
      waiting = waiting.filter((each) => each !== take);
    },
  };
};

/**
 * Calls `onChange` after each change, at most once per period in milliseconds; 0 means no limit. Returns a
 * function that stops it.
 */
export const followChanges = (changes: Changes, period: number, onChange: () => void): (() => void) => {
  // One tick is kept while nothing waits for it, as in a ticker of Go.
  let ticks = 0;
  let isWaitingForTick = false;
  const take = (): void => {
    onChange();
    go();
  };
  const go = (): void => {
    isWaitingForTick = period > 0 && ticks === 0;
    if (isWaitingForTick) return;
    ticks = 0;
    changes.next(take);
  };
  const ticker =
    period > 0
      ? setInterval(() => {
          ticks = 1;
          if (isWaitingForTick) go();
        }, period)
      : undefined;
  go();
  return () => {
    clearInterval(ticker);
    changes.forget(take);
  };
};

/** Handles a request to upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Creates the WebSockets of the API. Each sends the whole collection at once. It sends the collection again
 * after a change, if the content differs, at most once per period. It is pinged every 15 s.
 */
export const createStreams = (options: ApiOptions): UpgradeHandler => {
  const changesOf = new Map(
    Object.entries(streamedCollections).map(([name, { watched }]) => {
      const changes = createChanges();
      options.datastore[watched].onEvent(changes.notify);
      return [name, changes];
    }),
  );
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestPayload });
  options.signal.addEventListener('abort', () => {
    for (const connection of sockets.clients) connection.terminate();
  });
  return (request, socket, head) => {
    // The event 'close' follows. Without this listener an error would end the process.
    socket.on('error', () => undefined);
    const target = parseRequestTarget(request.url);
    const stream = target && readStreamPath(target.pathname);
    const shown = stream && streamedCollections[stream.name];
    const changes = stream && changesOf.get(stream.name);
    if (!shown || !changes) {
      socket.end(`HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\nnot emulated: ${request.url}\n`);
      return;
    }
    const links = linksFor(target, request.headers.host ?? '', options);
    sockets.handleUpgrade(request, socket, head, (connection) => {
      let sent = '';
      const send = (): void => {
        const text = JSON.stringify(toCollection(shown.type, shown.list(options.datastore, links), links));
        if (text === sent && options.mutant !== 'streams-repeat-themselves') return;
        sent = text;
        connection.send(text);
        if (connection.bufferedAmount > maxUnreadBytes) connection.terminate();
      };
      send();
      const unfollow = followChanges(changes, stream.period, send);
      const pings = setInterval(() => connection.ping(), keepAlive);
      // Only the client that breaks the protocol is disconnected.
      connection.on('error', () => undefined);
      connection.on('close', () => {
        unfollow();
        clearInterval(pings);
      });
    });
  };
};
