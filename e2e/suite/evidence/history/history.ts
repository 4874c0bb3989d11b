import type { ExpectationEnd, ExpectationStart, Observer } from '../../../history/observer.ts';
import type { Entry, Timeline } from '../../../history/timeline.ts';
import type { NdjsonWriter } from '../ndjson-writer.ts';
import type { Belongs } from '../recorder.ts';
import { toGapLine, toObjectLine } from './entry-line.ts';
import {
  describeExpectation,
  type MarkerContext,
  timelinesOfExpected,
  toEndMarker,
  toSetMarker,
} from './expectations.ts';
import type { ExpectationMarker, ScenarioMarker } from './markers.ts';
import { countUpTo, openRecordedWatches, type RecordedWatch, type WatchOrigin } from './recorded-watches.ts';

/**
 * Called with each new expectation and its number in the history. The function that it returns is called when the
 * expectation ends.
 */
export type OnExpected = (id: number, expected: ExpectationStart) => (ended: ExpectationEnd) => void;

/** A history that is being written. */
export type History = {
  /** Writes the events of watches, and the expectations. */
  observer: Pick<Observer, 'watches' | 'expects'>;
  /** Writes a marker of the scenario. */
  record(marker: string, fields: ScenarioMarker): void;
  /** Writes a gap for each watch that has no connection at the end: no new listing will end that gap. */
  close(): void;
};

type Options = {
  lines: NdjsonWriter;
  /** In ms since the epoch. The times in the history count from here. */
  startedAt: number;
  belongs: Belongs;
  onExpected?: OnExpected;
  /** Called with each error in this module. Errors are not thrown to the caller. */
  lose: (error: Error) => void;
  now?: () => number;
};

/**
 * Starts a history after its header. It contains every event of every watch, the markers and the expectations, in
 * order of arrival.
 */
export const openHistory = ({
  lines,
  startedAt,
  belongs,
  onExpected,
  lose,
  now = Date.now,
}: Options): History => {
  const watches = openRecordedWatches();
  /** The sequence numbers of all event lines and listings in order of arrival. `times` has their times in seconds. */
  const sequences: number[] = [];
  const times: number[] = [];
  const awaited = new Map<number, ExpectationStart>();
  const blindness: { origin: WatchOrigin; since: () => number | undefined }[] = [];
  let expectations = 0;

  const seconds = (at: number): number => Math.round(at - startedAt) / 1000;
  const writeMarker = (marker: string, more: object, at = now()): void =>
    lines.write({ at: seconds(at), marker, ...more });
  const arrived = (sequence: number, at: number): void => {
    sequences.push(sequence);
    times.push(seconds(at));
  };
  // A watch does not report a new listing. The history records it before the next line.
  const recordListings = (): void => {
    for (const watched of watches.all()) {
      const { origin, gap } = watched;
      if (gap?.until === undefined) continue;
      watched.gap = undefined;
      arrived(gap.until, now());
      writeMarker(`${origin.resource} are listed anew`, { listing: origin });
    }
  };
  const take = (watched: RecordedWatch, entry: Entry): void => {
    recordListings();
    if (entry.kind !== 'gap' && !belongs(watched.origin.resource, entry.object)) return;
    lines.write(
      entry.kind === 'gap'
        ? toGapLine(entry, { ...watched, seconds })
        : toObjectLine(entry, { ...watched, seconds }),
    );
    if (entry.kind === 'gap') watched.gap = entry;
    watched.sequences.push(entry.sequence);
    arrived(entry.sequence, entry.at);
  };
  const deps: MarkerContext = {
    seconds,
    now,
    originOf: (timeline) => watches.of(timeline)?.origin,
    countAt: (sequence) => countUpTo(sequences, sequence),
    timeOf: (sequence) => times[countUpTo(sequences, sequence)] ?? Number.POSITIVE_INFINITY,
  };
  const recordExpected = (marker: ExpectationMarker): void =>
    writeMarker(describeExpectation(marker), { expectation: marker });

  const ended = (origin: WatchOrigin, { label }: Timeline, reason: string): void =>
    writeMarker(`the watch of ${label} has ended`, { ended: { ...origin, reason } });
  const expect = (expected: ExpectationStart): ((how: ExpectationEnd) => void) => {
    recordListings();
    expectations += 1;
    const id = expectations;
    awaited.set(id, expected);
    const set = toSetMarker(id, expected, deps);
    recordExpected(set);
    const onEnd = onExpected?.(id, expected);
    return (how) => {
      if (!awaited.delete(id)) return;
      recordListings();
      recordExpected(toEndMarker(set, { ended: how, expected, deps }));
      onEnd?.(how);
    };
  };

  const recordBlindness = (): void => {
    for (const { origin, since } of blindness) {
      const from = since();
      const reason = 'there was no connection to the API server, up to the end';
      if (from !== undefined)
        lines.write({ at: seconds(now()), type: 'GAP', ...origin, reason, since: seconds(from) });
    }
  };

  return {
    record: (marker, fields) => catching(() => writeMarker(marker, fields), lose),
    close: () => catching(recordBlindness, lose),
    observer: {
      watches: (resource, timeline) => {
        const watched = watches.add(resource, timeline);
        blindness.push({ origin: watched.origin, since: openBlindness(timeline) });
        timeline.onEntry((entry) => catching(() => take(watched, entry), lose));
        timeline.onFailure(({ message }) => {
          // All watches are stopped at the end of a scenario. Only a watch that an expectation still needs is recorded.
          const isMissed = [...awaited.values()].some((each) => timelinesOfExpected(each).includes(timeline));
          if (isMissed) catching(() => ended(watched.origin, timeline, message), lose);
        });
      },
      expects: (expected) => {
        const onEnd = catching(() => expect(expected), lose);
        return (how) => catching(() => onEnd?.(how), lose);
      },
    },
  };
};

// In ms. When a watch is stopped, its connection is cut some milliseconds earlier. Nothing is lost then.
const noLoss = 1000;

const disconnectedTimeOf = ({ disconnectedSince }: Timeline): number | undefined =>
  disconnectedSince === undefined || Date.now() - disconnectedSince < noLoss ? undefined : disconnectedSince;

/**
 * Returns a function that says since when a watch received nothing (ms since the epoch), until it was stopped or
 * until now. It returns undefined if the watch missed nothing.
 */
const openBlindness = (timeline: Timeline): (() => number | undefined) => {
  let stopped: { since: number | undefined } | undefined;
  timeline.onFailure(() => {
    stopped = { since: disconnectedTimeOf(timeline) };
  });
  return () => (stopped === undefined ? disconnectedTimeOf(timeline) : stopped.since);
};

/** Runs work on the evidence and passes its errors to `lose`. The result of a scenario must not depend on that work. */
const catching = <T>(work: () => T, lose: (error: Error) => void): T | undefined => {
  try {
    return work();
  } catch (error) {
    lose(error as Error);
    return undefined;
  }
};
