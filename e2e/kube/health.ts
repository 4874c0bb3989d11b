import { count } from './count.ts';
import { formatDuration } from './duration.ts';
import { ApiError } from './errors.ts';
import { shorten } from './shorten.ts';
import { type ApiOutage, troubleOf } from './trouble.ts';

/** How an API server was, as the requests of one connection met it. */
export type Health = {
  /** Notes how a request ended: an answer, or an error; says what the error means for the server. */
  met(error?: unknown): ApiOutage | undefined;
  /** Notes that a request is sent again. */
  again(): void;
  /** Notes how long an answer took, or the start of a command in a pod, in ms. */
  took(time: number): void;
  /** The longest of these that came since a moment (ms since the epoch); undefined where none did. */
  slowestSince(moment: number): number | undefined;
  /** The server did not answer a short while ago: what it refuses now it may allow in a moment. */
  readonly isFresh: boolean;
  /**
   * What there is to report: one sentence, and the details; undefined where all was well, as far as it was
   * asked.
   */
  summary(): { title: string; detail: string; isOutage: boolean } | undefined;
  /** Aborts when what waits to be sent again must not be any more. */
  readonly signal: AbortSignal;
  /** Nothing that was begun until now is sent again: who began it is over, and others clean up. */
  abandon(): void;
};

type Outage = { since: number; until: number | undefined; failures: number; last: string };

// An API server serves before it has read the roles (seen: 403 for some 100 ms, up to seconds on a busy
// machine).
const freshFor = 15_000;

// The whole of an answer of a broken server would bury the rest.
const longestError = 300;

/** Keeps account of the health of an API server, beginning well. */
export const openHealth = (): Health => {
  const outages: Outage[] = [];
  const answers: { at: number; time: number }[] = [];
  let putOff = 0;
  let sentAgain = 0;
  let abandoned = new AbortController();
  const open = (): Outage | undefined => outages.find(({ until }) => until === undefined);

  const fail = (error: unknown): void => {
    const now = Date.now();
    const last = shorten(error instanceof Error ? error.message : String(error), longestError);
    const outage = open() ?? { since: now, until: undefined, failures: 0, last };
    if (outage.failures === 0) outages.push(outage);
    outage.failures += 1;
    outage.last = last;
  };
  const length = ({ since, until = Date.now() }: Outage): number => until - since;
  const describe = (outage: Outage): string => {
    const { since, until, failures, last } = outage;
    const when = `${new Date(since).toISOString()}, for ${formatDuration(length(outage))}${until === undefined ? ' and still' : ''}`;
    return `from ${when}: ${count(failures, 'request')} without an answer (the last: ${last})`;
  };
  return {
    met: (error) => {
      const trouble = error === undefined ? undefined : troubleOf(error);
      if (trouble === 'later') putOff += 1;
      else if (trouble !== undefined) fail(error);
      // What was given up, or never sent, says nothing.
      const isAnswer = error === undefined || error instanceof ApiError;
      const outage = open();
      if (isAnswer && (trouble === undefined || trouble === 'later') && outage !== undefined)
        outage.until = Date.now();
      return trouble;
    },
    again: () => {
      sentAgain += 1;
    },
    took: (time) => void answers.push({ at: Date.now(), time }),
    slowestSince: (moment) => {
      const times = answers.filter(({ at }) => at >= moment).map(({ time }) => time);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    get isFresh() {
      return open() !== undefined || Date.now() - (outages.at(-1)?.until ?? 0) < freshFor;
    },
    summary: () => {
      if (outages.length === 0 && putOff === 0) return undefined;
      const away = formatDuration(outages.reduce((sum, outage) => sum + length(outage), 0));
      const title =
        outages.length > 0
          ? `The API server did not answer for ${away}`
          : `The API server put ${count(putOff, 'request')} off`;
      const later = putOff > 0 ? [`${putOff} put off by the server (429)`] : [];
      const detail = [...outages.map(describe), ...later, `${sentAgain} sent again`].join('; ');
      return { title, detail, isOutage: outages.length > 0 };
    },
    get signal() {
      return abandoned.signal;
    },
    abandon: () => {
      abandoned.abort(new Error('who asked for it is over'));
      abandoned = new AbortController();
    },
  };
};
