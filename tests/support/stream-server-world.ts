import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import type { Act, Refusal, Scene, Schedule, Stream, Wait } from '../history/schedules/schedule.ts';
import { createGiven, type Given, tapped } from './stream-server-given.ts';
import { createStore, type Store } from './stream-server-store.ts';
import { bookmarkLine, eventLine, type ServedWatch, serveWatch, status } from './stream-server-watch.ts';

/** A model of an API server with one collection, which plays a schedule to whoever watches it. */
export type World = {
  cluster: Cluster;
  namespace: string;
  store: Store;
  given: Given;
  /** What the watcher asked for that it should not have. */
  problems: string[];
  /** How long the watch that is opened now is to wait for a byte, in ms. */
  silence(): number;
  /** Resolves when all has happened, and the watcher has read it. */
  over: Promise<void>;
  /** Resolves when no more than so many watches are open. */
  openWatches(most: number): Promise<void>;
};

/** What a schedule asks of whoever plays it, while the server waits. */
export type Director = {
  /** Resolves when the watch is live and somebody looks at it. */
  live: Promise<void>;
  mark(): void;
  wait(wait: Wait): void;
  /** Resolves when the question is answered. */
  ask(question: number): Promise<void>;
};

type WorldOptions = { schedule: Schedule; director: Director; cluster: Cluster; namespace: string };

/** Makes a world, and what answers the requests of its watcher. */
export const createWorld = ({ schedule, director, cluster, namespace }: WorldOptions) => {
  const store = createStore();
  const given = createGiven();
  const problems: string[] = [];
  const watches = new Map<string, ServedWatch>();
  const givenUp = new Set<string>();
  const begun = new Set<Scene>();
  const acted = new Set<Act>();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let open = 0;
  let onClose: (() => void) | undefined;
  let index = 0;
  let opened = { index, times: 0 };
  for (const change of schedule.initial) store.write(change);

  const next = () => schedule.scenes[Math.min(index, schedule.scenes.length - 1)] as Scene;
  const begin = (scene: Scene) => {
    if (begun.has(scene)) return;
    begun.add(scene);
    for (const change of scene.before) store.write(change);
    if (scene.forget) store.forget();
  };
  // One after the other: a client that leaves may be back before the server has seen that.
  let turn: Promise<void> = Promise.resolve();
  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    turn = turn.then(() => answerNow(request, response));
    return turn;
  };
  const answerNow = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // On a busy machine a watcher may have given up before its request is seen.
    if (givenUp.has(String(request.headers['x-watch']))) return;
    const { searchParams } = new URL(request.url ?? '', 'http://server');
    const isWatch = searchParams.get('watch') === 'true';
    const scene = next();
    begin(scene);
    if (isWatch) problems.push(...wrongWatch(searchParams, given));
    if ('refused' in scene.answer) {
      index += 1;
      return refuse(scene.answer, response, isWatch);
    }
    if (!isWatch) return list(scene.answer, response);
    index += 1;
    await stream(scene.answer, {
      response,
      from: Number(searchParams.get('resourceVersion')),
      id: String(request.headers['x-watch']),
    });
  };

  const refuse = async (
    { refused, retryAfter, ask }: Refusal,
    response: ServerResponse,
    isWatch: boolean,
  ) => {
    if (ask !== undefined) await director.ask(ask);
    if (refused === 'silence' && isWatch) return;
    if (refused === 'silence' || refused === 'reset') response.socket?.resetAndDestroy();
    else {
      response.writeHead(refused, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
      response.end(refused === 502 ? '<html>Bad Gateway</html>' : JSON.stringify(status(refused)));
    }
  };
  const brokenOff = new Set<Stream>();
  const list = (answer: Stream, response: ServerResponse) => {
    const body = JSON.stringify({
      metadata: { resourceVersion: String(store.version) },
      items: store.objectsAt(store.version),
    });
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    if (answer.cutList && !brokenOff.has(answer)) {
      brokenOff.add(answer);
      response.write(body.slice(0, -2), () => response.socket?.destroySoon());
      return;
    }
    given.list(store.version);
    response.end(body);
  };

  const stream = async (
    answer: Stream,
    { response, from, id }: { response: ServerResponse; from: number; id: string },
  ) => {
    if (from < store.horizon && answer.goneAs === 'status') {
      for (const act of answer.acts) await play(act, undefined);
      response.writeHead(410);
      response.end(JSON.stringify(status(410)));
      return;
    }
    open += 1;
    const watch = serveWatch(response);
    watches.set(id, watch);
    response.on('close', () => {
      open -= 1;
      onClose?.();
    });
    await watch.opened;
    await director.live;
    if (from >= store.horizon)
      await watch.send(store.history.filter(({ version }) => version > from).map(eventLine), 'whole');
    for (const act of answer.acts) await play(act, from < store.horizon ? undefined : watch);
    if (from >= store.horizon && answer.ends === 'stays' && !watch.isClosed) end();
    await watch.end(from < store.horizon ? 'gone' : answer.ends);
  };
  // What is written is written, whether somebody watches or not: the truth is that of the schedule alone.
  const play = async (act: Act, watch: ServedWatch | undefined): Promise<void> => {
    const { length } = store.history;
    // The last scene may be played again; what it writes happens once.
    if ('write' in act && !acted.has(act)) for (const change of act.write) store.write(change);
    acted.add(act);
    if (watch === undefined || watch.isClosed) return;
    if ('write' in act) await watch.send(store.history.slice(length).map(eventLine), act.how);
    else if ('repeat' in act) await watch.send(store.history.slice(-act.repeat).map(eventLine), 'whole');
    else if ('bookmark' in act) {
      store.tick();
      await watch.send([bookmarkLine(store.version)], 'whole');
    } else if ('mark' in act) director.mark();
    else if ('wait' in act) director.wait(act.wait);
    else await director.ask(act.ask);
  };

  return {
    answer,
    namespace,
    store,
    given,
    problems,
    over,
    cluster: {
      ...cluster,
      request: tapped(cluster.request, given, {
        readingOf: (id) => watches.get(id),
        gaveUp: (id) => givenUp.add(id),
      }),
    },
    silence: () => {
      const { answer } = next();
      const isSilent = 'refused' in answer ? answer.refused === 'silence' : answer.ends === 'stall';
      opened = { index, times: opened.index === index ? opened.times + 1 : 0 };
      // Where nothing is silent on purpose no clock may strike, and a busy machine may not see a request for
      // a while.
      return isSilent ? 60 * 2 ** opened.times : 60_000;
    },
    openWatches: async (most: number) => {
      while (open > most) {
        await new Promise<void>((resolve) => {
          onClose = resolve;
        });
      }
    },
  };
};

const wrongWatch = (parameters: URLSearchParams, { version }: Given): string[] => {
  const asked = parameters.get('resourceVersion');
  return [
    ...(Number(asked) === version
      ? []
      : [`it watched from ${asked}, where it had been told everything up to ${version}`]),
    ...(parameters.get('allowWatchBookmarks') === 'true' ? [] : ['it did not ask for bookmarks']),
  ];
};
