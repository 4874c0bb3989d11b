import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { parseGoDuration } from '../go.ts';
import type { Datastore } from '../manager/datastore.ts';
import { followed } from './collections.ts';
import { type ApiOptions, linksFor, targetOf } from './handler.ts';
import { toCollection } from './resource.ts';

const keepAlive = 15_000;
const longestPeriod = 15_000;
/** What a client may leave unread, in bytes, before it counts as gone. */
const mostUnread = 1 << 26;
/**
 * Longest payload taken from a client, in bytes; a client of this API has nothing to say but ping, pong and
 * close.
 */
const longestPayload = 1 << 16;

/**
 * The collection a WebSocket's path names, /v1/ws/1s/backups or /v1/ws/backups, and its period in
 * milliseconds, 0 to 15,000.
 */
export const readStreamPath = (pathname: string): { name: string; period: number } | undefined => {
  const [, period = '', name = ''] = /^\/v1\/ws(?:\/([^/]+))?\/([^/]+)$/.exec(pathname) ?? [];
  if (!Object.hasOwn(followed, name)) return undefined;
  return { name, period: Math.min(parseGoDuration(period), longestPeriod) };
};

/** Something done at once, and then again at most once a period however often it is asked for. */
export type Paced = { request(): void; stop(): void };

/** Paces work by a period in milliseconds; 0 is no period. */
export const createPaced = (period: number, work: () => void): Paced => {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  const run = (): void => {
    timer = undefined;
    if (!isWanted) return;
    isWanted = false;
    timer = setTimeout(run, period);
    work();
  };
  return {
    request: () => {
      isWanted = true;
      if (timer === undefined) run();
    },
    stop: () => {
      isWanted = false;
      clearTimeout(timer);
    },
  };
};

/** Calls whoever follows a kind of object on each of its events. */
type Events = { follow(kinds: readonly (keyof Datastore)[], listener: () => void): () => void };

// An informer's listeners stay for good, connections do not: so there is one listener a kind, and a set of
// those who follow it.
const createEvents = (datastore: Datastore): Events => {
  const followers = new Map<keyof Datastore, Set<() => void>>();
  const followersOf = (kind: keyof Datastore): Set<() => void> => {
    const found = followers.get(kind);
    if (found) return found;
    const made = new Set<() => void>();
    followers.set(kind, made);
    datastore[kind].onEvent(() => {
      for (const follower of made) follower();
    });
    return made;
  };
  return {
    follow: (kinds, listener) => {
      for (const kind of kinds) followersOf(kind).add(listener);
      return () => {
        for (const kind of kinds) followersOf(kind).delete(listener);
      };
    },
  };
};

/** Answers a request to upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Makes the WebSockets of the API: each is sent the whole collection at once, and again when that has
 * changed, at most once a period. It is pinged every 15 s.
 */
export const createStreams = (options: ApiOptions): UpgradeHandler => {
  const events = createEvents(options.datastore);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestPayload });
  options.signal.addEventListener('abort', () => {
    for (const connection of sockets.clients) connection.terminate();
  });
  return (request, socket, head) => {
    // 'close' follows; without a listener an error would end the process.
    socket.on('error', () => undefined);
    const target = targetOf(request.url);
    const stream = target && readStreamPath(target.pathname);
    const shown = stream && followed[stream.name];
    if (!shown) {
      socket.end(`HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\nnot emulated: ${request.url}\n`);
      return;
    }
    const links = linksFor(target, request.headers.host ?? '', options);
    sockets.handleUpgrade(request, socket, head, (connection) => {
      let sent = '';
      const { request: update, stop } = createPaced(stream.period, () => {
        const text = JSON.stringify(toCollection(shown.type, shown.list(options.datastore, links), links));
        if (text === sent) return;
        sent = text;
        connection.send(text);
        if (connection.bufferedAmount > mostUnread) connection.terminate();
      });
      update();
      const unfollow = events.follow(shown.watched, update);
      const pings = setInterval(() => connection.ping(), keepAlive);
      // A client that breaks the protocol is ended, and nobody else.
      connection.on('error', () => undefined);
      connection.on('close', () => {
        unfollow();
        clearInterval(pings);
        stop();
      });
    });
  };
};
