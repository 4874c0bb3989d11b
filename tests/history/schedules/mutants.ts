/** The watcher or the judge with one bug. */
export type Mutant = {
  /** The seed from which on, or the known schedule by which, the bug is found. */
  by: number | string;
  /** It never ends. */
  hangs: boolean;
  /** The file, below e2e. */
  file: string;
  change: [from: string, to: string];
};

const errorEvent = "if (event?.type === 'ERROR') throw toError(event.object ?? {});";
const vouched = 'doubts.filter((gap) => !vouchedFor(before, entry, gap))';
const another = 'another object may come and go in a gap while the first is what it must not be';

const changes: Record<string, [by: Mutant['by'], from: string, to: string, hangs?: 'hangs'][]> = {
  'history/watch.ts': [
    [11, 'if (isGone(error) || error', 'if (error'],
    [5, 'state.version ?? (await relist())', 'await relist()'],
    [5, 'if (isGone(error) || error', 'if (error instanceof Error || error'],
    [14, 'const mostErrorEvents = 6;', 'const mostErrorEvents = 2;'],
    [1, 'state.take(event);', 'if (isFirst) { isFirst = false; continue; } state.take(event);', 'hangs'],
    [
      3,
      'for await (const event of events) {',
      'for (;;) { const { value: event, done } = await events.next(); if (done) break;',
    ],
    [
      'a server that has just started refuses what it allows a moment later',
      'refusedSince + timing.patience',
      'refusedSince',
    ],
  ],
  'history/watch-state.ts': [
    [3, 'if (version === undefined) return;', 'version = undefined; if (version === undefined) return;'],
    [
      5,
      'const { resourceVersion = version }',
      "if (type === 'BOOKMARK') return; const { resourceVersion = version }",
    ],
    [5, 'return version;', 'return version && listed;'],
    [3, "'BOOKMARK' || isKnown(event)) return;", "'BOOKMARK') return;"],
    [3, 'throw new OutOfOrder(', 'void new OutOfOrder('],
    [3, 'throw new OutOfOrder(', 'return void new OutOfOrder('],
    [3, 'from: start.sequence + 1, ', ''],
    [5, 'after > before;', 'String(after) > String(before);'],
    [3, 'if (!uids.has(object.metadata.uid)) push', 'if (timeline === undefined) push'],
    [
      3,
      'items.map(({ metadata }) => metadata.uid)',
      'items.map(({ metadata }) => timeline.current(metadata.name)?.metadata.uid)',
    ],
  ],
  'kube/watch-connection.ts': [
    [11, errorEvent, ''],
    [3, "types.includes(event?.type ?? '') &&", '', 'hangs'],
    [4, '    after,\n', '    2 ** 30,\n', 'hangs'],
  ],
  'kube/json-lines.ts': [
    [4, 'decoder.decode(chunk, { stream: true })', 'new TextDecoder().decode(chunk)'],
    [5, "rest = lines.pop() ?? '';", "rest = ''; lines.pop();"],
  ],
  'history/history.ts': [
    [6, vouched, vouched.replace('!vouchedFor', 'before === undefined && vouchedFor')],
    [
      'an object that is made behind a gap may be another one than was in it',
      '  before !== undefined &&\n',
      "  before === undefined || before.kind === 'deleted' ? after.kind === 'added' :\n",
    ],
  ],
  'history/timeline.ts': [['a listing of nothing ends a gap', 'last.until = arrivals;', '']],
  'history/judge.ts': [
    [
      'what is met within a gap is not broken by what stands behind it',
      'if (observation !== undefined && observation.lost.length > 0) return',
      'if (observation === null) return',
    ],
    [another, 'return guardsDoubt() ?? describeDisconnected', 'return describeDisconnected'],
  ],
  'history/guard.ts': [
    [another, 'return gap && lost(gap);', 'return undefined;'],
    [
      'a first listing is of one moment',
      'other.timeline === (timeline as Timeline) ?',
      'other.timeline === undefined ?',
    ],
  ],
  'history/waiting.ts': [
    [
      'a watch without a connection cannot tell what did not happen',
      'timeline.disconnectedSince !== undefined',
      'timeline === undefined',
    ],
  ],
};

/** The mutants. The schedules must find each of them. */
export const mutants: Mutant[] = Object.entries(changes).flatMap(([file, of]) =>
  of.map(([by, from, to, hangs]) => ({ by, file, change: [from, to], hangs: hangs !== undefined })),
);

/** A copy without a bug. It must pass, so the copying is not what the schedules find. */
export const none: Mutant = {
  ...{ by: 1, hangs: false, file: 'history/watch.ts', change: ['const run = ', 'const run = '] },
};
