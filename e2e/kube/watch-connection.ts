import type { Cluster } from './cluster.ts';
import { WatchError } from './errors.ts';
import { jsonLines } from './json-lines.ts';
import type { KubernetesObject } from './objects.ts';
import { queryString, throwUnlessOk } from './request.ts';
import { noteArrival } from './time-account.ts';

/** The time limits of a watch, in ms. */
export type WatchTiming = {
  /** The server closes the connection after this time. */
  lifetime: number;
  /** Without any data for this time the connection counts as dead. */
  silence: number;
  /** The first and longest pause before a reconnect. */
  pause: { first: number; longest: number };
  /**
   * How long to retry before the first connection if the server postpones (429) or is in trouble; and later if it
   * refuses (403) a watch that it served before.
   */
  patience: number;
};

/** An event of a watch as the API server sends it, except ERROR events. */
export type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: T };

/**
 * Opens one watch from a resourceVersion. Resolves when the headers have arrived. Then it yields events until the
 * connection ends, and throws if it breaks.
 */
export const openWatch = async <T extends KubernetesObject>(
  cluster: Cluster,
  options: {
    path: string;
    selectors: Record<string, string | undefined>;
    resourceVersion: string;
    timing: WatchTiming;
    signal: AbortSignal;
  },
): Promise<AsyncGenerator<WatchEvent<T>>> => {
  const { path, selectors, resourceVersion, timing } = options;
  const silence = silenceAlarm(timing.silence);
  const signal = AbortSignal.any([options.signal, silence.signal]);
  try {
    const url =
      path +
      queryString({
        ...selectors,
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion,
        timeoutSeconds: Math.ceil(timing.lifetime / 1000),
      });
    const response = await throwUnlessOk(
      await cluster.request(url, { signal }),
      `watch of ${path} at ${cluster.server}`,
    );
    return events<T>(response, silence, signal);
  } catch (error) {
    silence.off();
    throw error;
  }
};

const types = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'];

const isEvent = <T>(event: { type?: string; object?: unknown } | null): event is WatchEvent<T> =>
  types.includes(event?.type ?? '') &&
  (event?.object as Partial<KubernetesObject> | undefined)?.metadata !== undefined;

type RawEvent<T> =
  | WatchEvent<T>
  | { type: 'ERROR'; object: { code?: number; reason?: string; message?: string } };

const events = async function* <T extends KubernetesObject>(
  response: Response,
  silence: SilenceAlarm,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  try {
    for await (const value of jsonLines(
      heard(response.body as unknown as AsyncIterable<Uint8Array>, silence),
    )) {
      const event = value as Partial<RawEvent<T>> | null;
      if (event?.type === 'ERROR') throw toError(event.object ?? {});
      if (!isEvent<T>(event))
        throw new Error(`a line of the watch is no event: ${JSON.stringify(value).slice(0, 200)}`);
      noteArrival(event.object, silence.heardAt());
      yield event;
    }
  } catch (error) {
    // The error of an abort is generic. The reason of the abort is specific.
    throw signal.aborted ? signal.reason : error;
  } finally {
    silence.off();
  }
};

const heard = async function* (
  body: AsyncIterable<Uint8Array>,
  silence: SilenceAlarm,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    silence.reset();
    yield chunk;
  }
};

const toError = ({ code = 500, reason = 'Unknown', message = 'no message' }): WatchError =>
  new WatchError(`the watch ended with ${code} ${reason}: ${message}`, { status: code, reason });

type SilenceAlarm = {
  signal: AbortSignal;
  reset(): void;
  /** The time of the last reset, in ms of performance.now(). */
  heardAt(): number;
  off(): void;
};

const silenceAlarm = (after: number): SilenceAlarm => {
  const controller = new AbortController();
  let heardAt = performance.now();
  const timer = setTimeout(
    () =>
      controller.abort(
        new Error(`nothing was heard from the watch for ${after / 1000} s, not even a bookmark`),
      ),
    after,
  );
  const reset = () => {
    heardAt = performance.now();
    timer.refresh();
  };
  return { signal: controller.signal, reset, heardAt: () => heardAt, off: () => clearTimeout(timer) };
};
