/** A watcher, or a judge by it, that is broken in one place. */
export type Mutant = {
  bug: string;
  /** From this seed on it was told from the whole one, or by this one of the known schedules. */
  seed: number | string;
  /** It does not come to its end. */
  hangs?: true;
  /** Of e2e. */
  file: string;
  change: [from: string, to: string];
};

type Change = [bug: string, seed: number | string, from: string, to: string, hangs?: 'hangs'];

const changes: Record<string, Change[]> = {
  'history/watch.ts': [
    ['a 410 is taken for any other trouble', 11, 'if (isGone(error) || error', 'if (error'],
    [
      'whatever goes wrong, it lists anew without a gap',
      5,
      'state.version ?? (await relist())',
      'await relist()',
    ],
    ['any trouble makes a gap', 5, 'if (isGone(error) || error', 'if (error instanceof Error || error'],
    [
      'an error event that passes makes a gap',
      14,
      'const mostErrorEvents = 6;',
      'const mostErrorEvents = 2;',
    ],
    [
      'the first event of a connection is left out',
      1,
      'state.take(event);',
      'if (isFirst) { isFirst = false; continue; }\nstate.take(event);',
      'hangs',
    ],
    [
      'a connection that is given up stays open',
      3,
      'for await (const event of events) {',
      'for (;;) { const { value: event, done } = await events.next(); if (done) break;',
    ],
    [
      'a refusal right after a start is final',
      'a server that has just started refuses what it allows a moment later',
      'refusedSince + timing.patience',
      'refusedSince',
    ],
  ],
  'history/watch-state.ts': [
    [
      'a new listing makes no gap',
      3,
      'if (version === undefined) return;',
      'version = undefined;\nif (version === undefined) return;',
    ],
    [
      'the resourceVersion of a bookmark is forgotten',
      5,
      'const { resourceVersion = version } = object.metadata;',
      "if (type === 'BOOKMARK') return;\nconst { resourceVersion = version } = object.metadata;",
    ],
    ['it goes on from the version of the list', 5, 'return version;', 'return version && listed;'],
    [
      'what is told twice is taken twice',
      3,
      "else if (type === 'BOOKMARK' || isKnown(event)) return;",
      "else if (type === 'BOOKMARK') return;\nelse if (isKnown(event)) {}",
    ],
    ['what comes late is taken for new', 3, 'throw new OutOfOrder(', 'void new OutOfOrder('],
    ['what comes late is passed over', 3, 'throw new OutOfOrder(', 'return void new OutOfOrder('],
    ['a disorder throws no doubt on what came before it was seen', 3, 'from: start.mark + 1, ', ''],
    ['resourceVersions are compared as texts', 5, 'after > before;', 'String(after) > String(before);'],
    [
      'what a listing lacks is kept',
      3,
      'if (!uids.has(object.metadata.uid)) push',
      'if (timeline === undefined) push',
    ],
    [
      'an object that was made again is taken for the old one',
      3,
      'new Set(items.map(({ metadata }) => metadata.uid))',
      'new Set(items.map(({ metadata }) => timeline.current(metadata.name)?.metadata.uid))',
    ],
  ],
  'kube/watch-connection.ts': [
    [
      'an error event is nothing special',
      11,
      "if (event?.type === 'ERROR') throw toError(event.object ?? {});",
      '',
    ],
    ['an event of a type that is not known is taken', 3, "types.includes(event?.type ?? '') &&", '', 'hangs'],
    ['a connection that is silent is never given up', 4, '    after,\n', '    2 ** 30,\n', 'hangs'],
  ],
  'kube/json-lines.ts': [
    [
      'characters are read chunk by chunk',
      4,
      'decoder.decode(chunk, { stream: true })',
      'new TextDecoder().decode(chunk)',
    ],
    ['lines are read chunk by chunk', 5, "rest = lines.pop() ?? '';", "rest = ''; lines.pop();"],
  ],
  'history/history.ts': [
    [
      'a gap hides nothing',
      6,
      'doubts.filter((gap) => !vouchedFor(before, entry, gap))',
      'doubts.filter((gap) => before === undefined && vouchedFor(before, entry, gap))',
    ],
    [
      'an object that is made behind a gap was not there in it',
      'an object that is made behind a gap may be another one than was in it',
      '  before !== undefined &&\n',
      "  before === undefined || before.kind === 'deleted' ? after.kind === 'added' :\n",
    ],
  ],
  'history/timeline.ts': [
    ['a listing that is empty ends no gap', 'a listing of nothing ends a gap', 'last.until = arrivals;', ''],
  ],
  'history/judge.ts': [
    [
      'what must never be is judged behind a gap that may have decided',
      'what is met within a gap is not broken by what stands behind it',
      'if (observation !== undefined && observation.lost.length > 0) return',
      'if (observation === null) return',
    ],
    [
      'what a gap hides of the other object is no matter when the time is over',
      'another object may come and go in a gap while the first is what it must not be',
      'return guardsDoubt() ?? cutOff',
      'return cutOff',
    ],
  ],
  'history/guard.ts': [
    [
      'nobody doubts what the other object was in a gap',
      'another object may come and go in a gap while the first is what it must not be',
      'return gap && lost(gap);',
      'return undefined;',
    ],
    [
      'the entries of a first listing are judged one after the other',
      'a first listing is of one moment',
      'other.timeline === (timeline as Timeline) ?',
      'other.timeline === undefined ?',
    ],
  ],
  'history/waiting.ts': [
    [
      'a watch that is cut off says what was not to be seen',
      'who is cut off cannot say what was not',
      'timeline.cutOff !== undefined',
      'timeline === undefined',
    ],
  ],
};

/** Ways to break them; the schedules must tell each from the whole one. */
export const mutants: Mutant[] = Object.entries(changes).flatMap(([file, of]) =>
  of.map(([bug, seed, from, to, hangs]) => ({
    bug,
    seed,
    file,
    change: [from, to],
    ...(hangs && { hangs: true }),
  })),
);

/** Nothing is broken: that the others are told from the whole one is not because they are copies. */
export const none: Mutant = {
  bug: 'nothing',
  seed: 1,
  file: 'history/watch.ts',
  change: ['const run = ', 'const run = '],
};
