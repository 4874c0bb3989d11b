import type { Page } from 'playwright';
import type { Span } from './judge-shown.ts';

/** The path of the stream that keeps the table of backups live. */
const stream = /\/v1\/ws\/[^/]+\/backups$/;

type Connection = { since: number | undefined; closed: number | undefined };

/** What went wrong on a page, and when, in ms since the epoch. */
export type Trouble = { at: number; text: string };

/** What a page heard and what went wrong with it, from before its first request on. */
export type PageLog = {
  readonly troubles: readonly Trouble[];
  /**
   * Each connection of the table's stream, from its first message to its end; the last one may have none yet.
   */
  connected(): Span[];
  /** How often a connection of the table's stream has ended. */
  losses(): number;
};

/**
 * Keeps a log of a page, which must not have gone anywhere yet; `changed` is called whenever the table's
 * stream begins or ends.
 */
export const openPageLog = (page: Page, changed: () => void): PageLog => {
  const troubles: Trouble[] = [];
  const connections: Connection[] = [];
  const note = (text: string): void => void troubles.push({ at: Date.now(), text });

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
    socket.once('framereceived', () => {
      connection.since = Date.now();
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
  };
};

// The port is another one each time, and tells nothing.
const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
