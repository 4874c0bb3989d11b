/** A watcher, or a judge by it, that is broken in one place. */
export type Mutant = {
  bug: string;
  /** From this seed on it was told from the whole one, or by this one of the known schedules. */
  seed: number | string;
  /** It does not come to its end. */
  hangs?: true;
  /** Of e2e/observe. */
  file: string;
  change: [from: string, to: string];
};

/** Ways to break them; the schedules must tell each from the whole one. */
export const mutants: Mutant[] = [
  {
    bug: 'a 410 is taken for any other trouble',
    seed: 11,
    file: 'watch.ts',
    change: ['if (isGone(error) || error', 'if (error'],
  },
  {
    bug: 'a new listing makes no gap',
    seed: 3,
    file: 'watch-told.ts',
    change: ['if (version === undefined) return;', 'version = undefined;\nif (version === undefined) return;'],
  },
  {
    bug: 'whatever goes wrong, it lists anew without a gap',
    seed: 5,
    file: 'watch.ts',
    change: ['told.version ?? (await relist())', 'await relist()'],
  },
  {
    bug: 'any trouble makes a gap',
    seed: 5,
    file: 'watch.ts',
    change: ['if (isGone(error) || error', 'if (error instanceof Error || error'],
  },
  {
    bug: 'an error event that passes makes a gap',
    seed: 14,
    file: 'watch.ts',
    change: ['const mostErrorEvents = 6;', 'const mostErrorEvents = 2;'],
  },
  {
    bug: 'the resourceVersion of a bookmark is forgotten',
    seed: 5,
    file: 'watch-told.ts',
    change: [
      'const { resourceVersion = version } = object.metadata;',
      "if (type === 'BOOKMARK') return;\nconst { resourceVersion = version } = object.metadata;",
    ],
  },
  {
    bug: 'it goes on from the version of the list',
    seed: 5,
    file: 'watch-told.ts',
    change: ['return version;', 'return version && listed;'],
  },
  {
    bug: 'the first event of a connection is left out',
    seed: 1,
    hangs: true,
    file: 'watch.ts',
    change: ['told.take(event);', 'if (isFirst) { isFirst = false; continue; }\ntold.take(event);'],
  },
  {
    bug: 'what is told twice is taken twice',
    seed: 3,
    file: 'watch-told.ts',
    change: [
      "else if (type === 'BOOKMARK' || isKnown(event)) return;",
      "else if (type === 'BOOKMARK') return;\nelse if (isKnown(event)) {}",
    ],
  },
  {
    bug: 'what comes late is taken for new',
    seed: 3,
    file: 'watch-told.ts',
    change: ['else throw new OutOfOrder(', 'else void new OutOfOrder('],
  },
  {
    bug: 'what comes late is passed over',
    seed: 3,
    file: 'watch-told.ts',
    change: ['else throw new OutOfOrder(', 'else return void new OutOfOrder('],
  },
  {
    bug: 'a disorder throws no doubt on what came before it was seen',
    seed: 3,
    file: 'watch-told.ts',
    change: ['from: start.mark + 1, ', ''],
  },
  {
    bug: 'resourceVersions are compared as texts',
    seed: 5,
    file: 'watch-told.ts',
    change: ['after > before;', 'String(after) > String(before);'],
  },
  {
    bug: 'an error event is nothing special',
    seed: 11,
    file: 'watch-connection.ts',
    change: ["if (event?.type === 'ERROR') throw toError(event.object ?? {});", ''],
  },
  {
    bug: 'an event of a type that is not known is taken',
    seed: 3,
    hangs: true,
    file: 'watch-connection.ts',
    change: ["types.includes(event?.type ?? '') && ", ''],
  },
  {
    bug: 'a connection that is silent is never given up',
    seed: 4,
    hangs: true,
    file: 'watch-connection.ts',
    change: ['    after,\n', '    2 ** 30,\n'],
  },
  {
    bug: 'characters are read chunk by chunk',
    seed: 4,
    file: 'json-lines.ts',
    change: ['decoder.decode(chunk, { stream: true })', 'new TextDecoder().decode(chunk)'],
  },
  {
    bug: 'lines are read chunk by chunk',
    seed: 5,
    file: 'json-lines.ts',
    change: ["rest = lines.pop() ?? '';", "rest = ''; lines.pop();"],
  },
  {
    bug: 'what a listing lacks is kept',
    seed: 3,
    file: 'watch-told.ts',
    change: ['if (!uids.has(object.metadata.uid)) push', 'if (timeline === undefined) push'],
  },
  {
    bug: 'an object that was made again is taken for the old one',
    seed: 3,
    file: 'watch-told.ts',
    change: [
      'new Set(items.map(({ metadata }) => metadata.uid))',
      'new Set(items.map(({ metadata }) => timeline.current(metadata.name)?.metadata.uid))',
    ],
  },
  {
    bug: 'a gap hides nothing',
    seed: 6,
    file: 'history.ts',
    change: [
      'doubts.filter((gap) => !vouchedFor(before, entry, gap))',
      'doubts.filter((gap) => before === undefined && vouchedFor(before, entry, gap))',
    ],
  },
  {
    bug: 'an object that is made behind a gap was not there in it',
    seed: 'an object that is made behind a gap may be another one than was in it',
    file: 'history.ts',
    change: ['  before !== undefined &&\n', "  before === undefined || before.kind === 'deleted' ? after.kind === 'added' :\n"],
  },
  {
    bug: 'a listing that is empty ends no gap',
    seed: 'a listing of nothing ends a gap',
    file: 'timeline.ts',
    change: ['last.until = arrivals;', ''],
  },
  {
    bug: 'what must never be is judged behind a gap that may have decided',
    seed: 'what is met within a gap is not broken by what stands behind it',
    file: 'judge.ts',
    change: ['if (observation !== undefined && observation.lost.length > 0) return', 'if (observation === null) return'],
  },
  {
    bug: 'nobody doubts what the other object was in a gap',
    seed: 'another object may come and go in a gap while the first is what it must not be',
    file: 'guard.ts',
    change: ['return gap && lost(gap);', 'return undefined;'],
  },
  {
    bug: 'what a gap hides of the other object is no matter when the time is over',
    seed: 'another object may come and go in a gap while the first is what it must not be',
    file: 'judge.ts',
    change: ['return guardsDoubt() ?? cutOff', 'return cutOff'],
  },
  {
    bug: 'a refusal right after a start is final',
    seed: 'a server that has just started refuses what it allows a moment later',
    file: 'watch.ts',
    change: ['refusedSince + timing.patience', 'refusedSince'],
  },
  {
    bug: 'the entries of a first listing are judged one after the other',
    seed: 'a first listing is of one moment',
    file: 'guard.ts',
    change: ['other.timeline === (timeline as Timeline) ?', 'other.timeline === undefined ?'],
  },
  {
    bug: 'a watch that is cut off says what was not to be seen',
    seed: 'who is cut off cannot say what was not',
    file: 'waiting.ts',
    change: ['timeline.cutOff !== undefined', 'timeline === undefined'],
  },
];

/** Nothing is broken: that the others are told from the whole one is not because they are copies. */
export const none: Mutant = { bug: 'nothing', seed: 1, file: 'watch.ts', change: ['const run = ', 'const run = '] };
