import type { Page } from 'playwright';
import type { Span } from './judge-shown.ts';
import { isAlike, type RowPeriod, type RowState, rowStateOfResource, type ShownBackup } from './row-state.ts';

/** The path of the stream that updates the table of backups. */
const stream = /\/v1\/ws\/[^/]+\/backups$/;

type Connection = { since: number | undefined; closed: number | undefined };

/** An error on a page, and its time in ms since the epoch. */
type PageError = { at: number; text: string };

/** The errors of a page and the data that it received, from before its first request on. */
export type PageLog = {
  readonly errors: readonly PageError[];
  /** The connections of the table's stream, each from its first message to its end. The last may still be open. */
  connected(): Span[];
  /** How often a connection of the table's stream has ended. */
  losses(): number;
  /**
   * The row states of a backup in the received data, since the first message. A state without a row means that the
   * list did not contain the backup.
   */
  received(name: string): RowPeriod[];
};

/**
 * Starts a log for a page that has not opened a URL yet. `changed` is called for each error, and for each message and
 * the end of the table's stream.
 */
export const openPageLog = (page: Page, changed: () => void): PageLog => {
  const errors: PageError[] = [];
  const connections: Connection[] = [];
  const received = new Map<string, RowPeriod[]>();
  const note = (text: string): void => {
    errors.push({ at: Date.now(), text });
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
    errors,
    connected: () =>
      connections.flatMap(({ since, closed }) =>
        since === undefined ? [] : [{ from: since, to: closed ?? Number.POSITIVE_INFINITY }],
      ),
    losses: () =>
      connections.filter(({ since, closed }) => since !== undefined && closed !== undefined).length,
    received: (name) => received.get(name) ?? [{ at: 0, row: undefined }],
  };
};

/** The backups in a message of the stream, which is always the whole list. Undefined if the message is invalid. */
const rowsIn = (message: string): Map<string, RowState> | undefined => {
  try {
    const { data }: { data: ShownBackup[] } = JSON.parse(message);
    return new Map(data.map((backup) => [backup.name, rowStateOfResource(backup)]));
  } catch {
    return undefined;
  }
};

// Omits the port, which differs each time.
const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
