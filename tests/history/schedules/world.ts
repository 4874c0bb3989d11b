import { ReadableStream } from 'node:stream/web';
import type { SendRequest } from '../../../e2e/kube/request.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { lamp } from '../lamps.ts';
import type { Observe } from './observe.ts';
import type { Act, Delivery, Refusal, Scene, Schedule, Stream } from './schedule.ts';
import { createStore, type Happened } from './store.ts';

/** What the watcher has received. It decides what the watcher must know. */
type Given = {
  /** The highest version that it has received. It must resume from here. */
  version: number;
  /** The versions of its lists. */
  lists: number[];
  /** For each loss that it must report: the version up to which nothing was lost. */
  losses: number[];
  /** Whether it is reading a watch. */
  isReading: boolean;
};

export type World = ReturnType<typeof openWorld>;

/** Callbacks to the runner of a schedule. The server waits for them. */
export type Director = {
  /** Resolves when the watch is open and its timeline is used. */
  live: Promise<void>;
  mark(): void;
  /** Resolves when the question is answered. */
  ask(question: number): Promise<void>;
};

type Line = { type: string; object: object; version: number };

const eventLine = ({ type, object, version }: Happened): Line => ({ type, object, version });
const bookmark = (version: number): Line => {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  return { type: 'BOOKMARK', object: { kind: 'Lamp', metadata }, version };
};
const status = (code: number) => ({ kind: 'Status', code, reason: `Reason${code}`, message: `no: ${code}` });
const errorLine = (code: number): Line => ({ type: 'ERROR', object: status(code), version: code });
const bytesOf = (...lines: (Line | string)[]): Buffer =>
  Buffer.from(lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''));

// The watcher gives up after this number of errors in a row.
const mostErrors = 6;

/**
 * Models an API server with one collection, which runs a schedule, without a network. The watcher reads chunk by chunk.
 * When it asks for the next chunk, it has processed the one before.
 */
export const openWorld = ({ initial, scenes }: Schedule, director: Director, { throwUnlessOk }: Observe) => {
  const store = createStore();
  const given: Given = { version: 0, lists: [], losses: [], isReading: false };
  const problems: string[] = [];
  const seen = new Set<number>();
  const done = new Set<object>();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let [open, index, errors, isLost] = [0, 0, 0, false];
  let opened = { index, times: 0 };
  for (const change of initial) store.write(change);

  /** Whether this runs for the first time. The last scene may be repeated, but its changes happen once. */
  const isNew = (what: object): boolean => !done.has(what) && done.add(what).has(what);
  const next = () => scenes[Math.min(index, scenes.length - 1)] as Scene;
  const begin = (): Scene['answer'] => {
    const scene = next();
    if (isNew(scene)) {
      for (const change of scene.before) store.write(change);
      if (scene.forget) store.forget();
    }
    return scene.answer;
  };
  // Changes happen whether or not a watch is open. The history depends only on the schedule.
  const write = (act: Act): void => {
    if ('write' in act && isNew(act)) for (const change of act.write) store.write(change);
  };
  const eventsAfter = (than: number) => store.history.filter(({ version }) => version > than).map(eventLine);
  // Until the next list, further losses belong to the same loss.
  const lose = (known: number): void => {
    errors = 0;
    if (!isLost) given.losses.push(known);
    isLost = true;
  };

  const refuse = async ({ refused, ask }: Refusal, signal?: AbortSignal): Promise<Response> => {
    index += 1;
    if (ask !== undefined) await director.ask(ask);
    if (refused === 'silence' && signal !== undefined) return untilAborted(signal);
    if (typeof refused === 'string') throw cut();
    if (refused === 410 && signal !== undefined) lose(given.version);
    const body = refused === 502 ? '<html>Bad Gateway</html>' : JSON.stringify(status(refused));
    return new Response(body, { status: refused });
  };
  const list = async (): Promise<Response> => {
    const answer = begin();
    if ('refused' in answer) return refuse(answer);
    const metadata = { resourceVersion: String(store.version) };
    const body = JSON.stringify({ metadata, items: store.objectsAt(store.version) });
    if (answer.cutList && isNew(answer)) return respond(brokenOff(body.slice(0, -2)));
    given.version = store.version;
    given.lists.push(store.version);
    [errors, isLost] = [0, false];
    return new Response(body);
  };
  const request: SendRequest = async (path, { signal = new AbortController().signal } = {}) => {
    const query = new URL(path, 'http://server').searchParams;
    const from = Number(query.get('resourceVersion'));
    const answer = begin();
    if (from !== given.version)
      problems.push(`it watched from ${from}, where it had got everything up to ${given.version}`);
    if (query.get('allowWatchBookmarks') !== 'true') problems.push('it did not ask for bookmarks');
    if ('refused' in answer) return refuse(answer, signal);
    index += 1;
    if (from >= store.horizon || answer.goneAs === 'event') return respond(stream(answer, from, signal));
    answer.acts.forEach(write);
    lose(given.version);
    return new Response(JSON.stringify(status(410)), { status: 410 });
  };

  const stream = async function* (answer: Stream, from: number, signal: AbortSignal) {
    const { acts, ends } = answer;
    let isOver = false;
    const take = ({ type, version }: Line): void => {
      if (isOver) return;
      if (type === 'ERROR') {
        // After such a line, as after events in the wrong order, a watcher stops reading.
        isOver = true;
        errors += 1;
        if (version === 410 || errors >= mostErrors) lose(given.version);
        return;
      }
      errors = 0;
      if (type !== 'BOOKMARK') {
        isOver = version <= given.version && version > (given.lists.at(-1) ?? 0) && !seen.has(version);
        if (isOver) lose(from);
        else seen.add(version);
      }
      if (!isOver) given.version = Math.max(given.version, version);
    };
    const send = function* (lines: Line[], how: Delivery = 'whole') {
      // The connection ends at once, and half of the last events is lost.
      const sent =
        how === 'hasty' && ends === 'cut' ? lines.slice(0, lines.length >> 1) : ordered(lines, how);
      sent.forEach(take);
      yield* pieces(bytesOf(...sent), how);
    };
    const perform = async function* (act: Act) {
      const before = store.version;
      write(act);
      if ('write' in act) yield* send(eventsAfter(before), act.how);
      else if ('repeat' in act) yield* send(store.history.slice(-act.repeat).map(eventLine));
      else if ('bookmark' in act) {
        store.tick();
        yield* send([bookmark(store.version)]);
      } else if ('mark' in act) director.mark();
      else await director.ask(act.ask);
    };
    open += 1;
    given.isReading = true;
    try {
      await director.live;
      if (from < store.horizon) {
        acts.forEach(write);
        return yield* send([errorLine(410)]);
      }
      yield* send(eventsAfter(from));
      for (const act of acts) yield* perform(act);
      if (ends === 'stays') end();
      if (ends === 'error' || ends === 'gone') return yield* send([errorLine(ends === 'gone' ? 410 : 500)]);
      if (ends === 'half-line') yield bytesOf(bookmark(99_999)).subarray(0, 60);
      if (ends === 'noise') yield bytesOf('<html>502 Bad Gateway</html>\n');
      if (ends === 'stranger')
        yield bytesOf({ type: 'FOUND', object: lamp('hall', 'on', 99_999), version: 0 });
      if (ends === 'half-line' || ends === 'cut') throw cut();
      if (ends !== 'end') await untilAborted(signal);
    } finally {
      given.isReading = false;
      open -= 1;
      acts.forEach(write);
    }
  };

  return {
    store,
    given,
    /** Wrong requests of the watcher. */
    problems,
    /** Resolves when the schedule is over and the watcher has read everything. */
    over,
    /** The number of open watches. */
    open: () => open,
    /** How long the next watch waits for a byte, in ms. */
    silence: (): number => {
      const { answer } = next();
      const isSilent = 'refused' in answer ? answer.refused === 'silence' : answer.ends === 'stall';
      opened = { index, times: opened.index === index ? opened.times + 1 : 0 };
      // A time-out may occur only in a schedule with a silent server.
      return isSilent ? 20 * 2 ** opened.times : 60_000;
    },
    cluster: stubCluster({
      request,
      list: async () => {
        const { items, metadata } = await (await throwUnlessOk(await list(), 'the list')).json();
        return { items, resourceVersion: metadata.resourceVersion };
      },
    }),
  };
};

const cut = (): Error => Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });

const brokenOff = async function* (text: string) {
  yield Buffer.from(text);
  throw cut();
};

const respond = (body: AsyncIterable<Uint8Array>): Response =>
  new Response(ReadableStream.from(body) as unknown as BodyInit);

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const ordered = (lines: Line[], how: Delivery): Line[] => {
  if (how === 'twice') return lines.flatMap((line) => [line, line]);
  // Swaps neighbours from the second event on, so that not only the first one is late.
  return how === 'reordered' ? [...lines.slice(2), ...lines.slice(0, 2).reverse()] : lines;
};

const pieces = (bytes: Buffer, how: Delivery): Uint8Array[] => {
  if (bytes.length === 0) return [];
  if (how === 'bytes')
    return Array.from({ length: Math.ceil(bytes.length / 23) }, (_, at) =>
      bytes.subarray(at * 23, at * 23 + 23),
    );
  if (how !== 'split') return [bytes];
  const inside = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xc0);
  const at = inside === -1 ? bytes.length >> 1 : inside;
  return [bytes.subarray(0, at), bytes.subarray(at)];
};
