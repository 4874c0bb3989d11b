import { ReadableStream } from 'node:stream/web';
import type { SendRequest } from '../../e2e/kube/request.ts';

/** A point from which a watcher cannot go on without a loss that it must own up to. */
export type Loss = {
  /** Up to this version nothing was lost. */
  known: number;
  /** Events came in the wrong order. */
  disorder: boolean;
};

/**
 * What a watcher was given to read, told by what lies between it and the network: the base for saying what it
 * ought to know.
 */
export type Given = {
  /** The highest version that it was given: from here it must go on. */
  readonly version: number;
  /** The versions of its lists. */
  readonly lists: readonly number[];
  readonly losses: readonly Loss[];
  /** Whether it reads a watch now. */
  isReading: boolean;
  list(version: number): void;
  /** Reads along with one watch; returns what takes its bytes. */
  watch(from: number): (chunk: Uint8Array) => void;
  gone(): void;
};

// As the watcher counts: an error that was sent this often in a row will not pass.
const mostErrors = 6;

/** Starts a tally of what a watcher is given. */
export const createGiven = (): Given => {
  const lists: number[] = [];
  const losses: Loss[] = [];
  const seen = new Set<number>();
  let version = 0;
  let errors = 0;
  let isLost = false;

  const lose = (loss: Loss) => {
    errors = 0;
    // Before the new list, everything else belongs to the same loss.
    if (!isLost) losses.push(loss);
    isLost = true;
  };
  const takeError = (code: number) => {
    errors += 1;
    if (code === 410 || errors >= mostErrors) lose({ known: version, disorder: false });
  };
  return {
    get version() {
      return version;
    },
    lists,
    losses,
    isReading: false,
    list: (listed) => {
      version = listed;
      lists.push(listed);
      isLost = false;
      errors = 0;
    },
    gone: () => lose({ known: version, disorder: false }),
    watch: (from) => {
      const decoder = new TextDecoder();
      let rest = '';
      let isOver = false;
      const take = (line: string) => {
        const { type, object, version: at } = parse(line);
        // After any of these a watcher reads no further.
        if (type === 'ERROR' || type === undefined) isOver = true;
        if (type === 'ERROR') return takeError(object?.code ?? 500);
        if (type === undefined) return;
        errors = 0;
        if (type !== 'BOOKMARK' && at <= version && at > (lists.at(-1) ?? 0) && !seen.has(at)) {
          isOver = true;
          return lose({ known: from, disorder: true });
        }
        if (type !== 'BOOKMARK') seen.add(at);
        version = Math.max(version, at);
      };
      return (chunk) => {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (!isOver) take(line);
      };
    },
  };
};

const types = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'];

type Line = { type?: string; object?: { code?: number }; version: number };

const parse = (line: string): Line => {
  try {
    const { type, object } = JSON.parse(line);
    return types.includes(type)
      ? { type, object, version: Number(object.metadata?.resourceVersion) }
      : { version: 0 };
  } catch {
    return { version: 0 };
  }
};

/** What the server must be told about a watch: how many of its bytes the watcher is done with. */
export type Reading = { done(bytes: number): void };

/** Where the client's side tells of its watches, each by the id that it sends as a header. */
export type Readers = { readingOf(id: string): Reading | undefined; gaveUp(id: string): void };

/** Makes requests whose answers are read along. */
export const tapped =
  (send: SendRequest, given: Given, { readingOf, gaveUp }: Readers): SendRequest =>
  async (path, options = {}) => {
    const id = crypto.randomUUID();
    const response = await send(path, { ...options, headers: { ...options.headers, 'x-watch': id } }).catch(
      (error) => {
        gaveUp(id);
        throw error;
      },
    );
    const from = Number(new URL(path, 'http://server').searchParams.get('resourceVersion'));
    const body = readAlong(response, { given, from, reading: readingOf(id) });
    return new Response(ReadableStream.from(body) as unknown as BodyInit, {
      status: response.status,
      statusText: response.statusText,
    });
  };

const readAlong = async function* (
  response: Response,
  { given, from, reading }: { given: Given; from: number; reading: Reading | undefined },
): AsyncGenerator<Uint8Array> {
  const take = given.watch(from);
  let bytes = 0;
  given.isReading = response.ok;
  reading?.done(bytes);
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (response.ok) take(chunk);
      yield chunk;
      // Whoever asks for more is done with what it had.
      bytes += chunk.length;
      reading?.done(bytes);
    }
  } finally {
    given.isReading = false;
  }
  if (response.status === 410) given.gone();
};
