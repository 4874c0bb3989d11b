import type { Page } from 'playwright';
import type { Span } from './judge-shown.ts';
import { isAlike, type RowState, rowStateOfResource, type ShownBackup, type Stretch } from './row-state.ts';

/** The path of the stream that keeps the table of backups live. */
const stream = /\/v1\/ws\/[^/]+\/backups$/;

type Connection = { since: number | undefined; closed: number | undefined };

/** What went wrong on a page, and when, in ms since the epoch. */
export type PageError = { at: number; text: string };

/** What a page heard and what went wrong with it, from before its first request on. */
export type PageLog = {
  readonly troubles: readonly PageError[];
  /**
   * Each connection of the table's stream, from its first message to its end; the last one may have none yet.
   */
  connected(): Span[];
  /** How often a connection of the table's stream has ended. */
  losses(): number;
  /** What the page received of how a backup looks, since its first message; no row: it named it no more. */
  received(name: string): Stretch[];
};

/**
 * Keeps a log of a page, which must not have gone anywhere yet; `changed` is called whenever something goes
 * wrong or the table's stream says something, and when it ends.
 */
export const openPageLog = (page: Page, changed: () => void): PageLog => {
  const troubles: PageError[] = [];
  const connections: Connection[] = [];
  const received = new Map<string, Stretch[]>();
  const note = (text: string): void => {
    troubles.push({ at: Date.now(), text });
    changed();
  };

  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) =>
    note(`${request.method()} ${pathOf(request.url())}: ${request.failure()?.errorText ?? 'failed'}`),
  );
  page.on('response', (response) => {
    if (response.status() >= 400)
      note(`${response.request().method()} ${pathOf(response.url())}: ${response.status()}`);
  });
  page.on('websocket', (socket) => {
    if (!stream.test(new URL(socket.url()).pathname)) return;
    const connection: Connection = { since: undefined, closed: undefined };
    connections.push(connection);
    socket.on('framereceived', ({ payload }) => {
      const at = Date.now();
      const rows = rowsIn(String(payload));
      if (rows === undefined) note(`the stream of backups: no list, but ${String(payload).slice(0, 200)}`);
      else
        for (const name of new Set([...received.keys(), ...rows.keys()])) {
          const before = received.get(name) ?? [{ at: 0, row: undefined }];
          const row = rows.get(name);
          if (!isAlike(before.at(-1)?.row, row)) received.set(name, [...before, { at, row }]);
        }
      connection.since ??= at;
      changed();
    });
    socket.on('close', () => {
      connection.closed = Date.now();
      changed();
    });
  });

  return {
    troubles,
    connected: () =>
      connections.flatMap(({ since, closed }) =>
        since === undefined ? [] : [{ from: since, to: closed ?? Number.POSITIVE_INFINITY }],
      ),
    losses: () =>
      connections.filter(({ since, closed }) => since !== undefined && closed !== undefined).length,
    received: (name) => received.get(name) ?? [{ at: 0, row: undefined }],
  };
};

/** The backups that a message of the stream names, which is the whole list; undefined where it is none. */
const rowsIn = (message: string): Map<string, RowState> | undefined => {
  try {
    const { data }: { data: ShownBackup[] } = JSON.parse(message);
    return new Map(data.map((backup) => [backup.name, rowStateOfResource(backup)]));
  } catch {
    return undefined;
  }
};

// The port is another one each time, and says nothing.
const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
