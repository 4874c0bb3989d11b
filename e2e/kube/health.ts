import { formatDuration } from './duration.ts';
import { ApiError } from './errors.ts';
import { type ApiOutage, outageOf } from './outage.ts';
import { pluralize, shorten } from './text.ts';

/** The code of a finding and its text. */
type HealthSummary = {
  code: 'api-server-away' | 'webhook-behind';
  title: string;
  detail: string;
  isOutage: boolean;
};

/** The health of an API server, as the requests of one connection experienced it. */
export type Health = {
  /** Records the end of a request: a response, or an error. Returns what the error means for the server. */
  ended(error?: unknown): ApiOutage | undefined;
  /** Records that a request is sent again. */
  resent(): void;
  /** Records the duration of a response, or of the start of a command in a pod, in ms. */
  took(time: number): void;
  /** The longest of these durations since a time (ms since the epoch). Undefined if there were none. */
  slowestSince(moment: number): number | undefined;
  /**
   * True during an outage and for 15 s after it. A request that is refused in this time may be allowed a moment later.
   */
  readonly isFresh: boolean;
  /** A report in one sentence, and details. Undefined if the server was always there. */
  summary(): HealthSummary | undefined;
  /** Aborts when no pending request may be sent again. */
  readonly signal: AbortSignal;
  /** Stops all pending requests from being sent again. The work that sent them is over, and others clean up. */
  abandon(): void;
};

type Outage = { since: number; until: number | undefined; failures: number; last: string };

// In ms. A new API server answers before it has read the roles. Seen: 403 for about 100 ms, and for seconds on a busy
// machine.
const freshFor = 15_000;

// In characters. The whole response of a broken server would hide the rest of the report.
const longestError = 300;

/**
 * Opens a health record. It starts as healthy. `isEarly`: whether a refusal means that an admission webhook had not
 * seen an object yet that the request refers to.
 */
export const openHealth = ({
  isEarly = () => false,
}: {
  isEarly?: (refusal: ApiError) => boolean;
} = {}): Health => {
  const outages: Outage[] = [];
  const answers: { at: number; time: number }[] = [];
  let putOff = 0;
  let early = 0;
  let sentAgain = 0;
  let abandoned = new AbortController();
  const open = (): Outage | undefined => outages.find(({ until }) => until === undefined);

  const meaningOf = (error: unknown): ApiOutage | undefined =>
    outageOf(error) ?? (error instanceof ApiError && isEarly(error) ? 'early' : undefined);

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
    return `from ${when}: ${pluralize(failures, 'request')} without an answer (the last: ${last})`;
  };
  const titleOf = (): string => {
    if (outages.length > 0) {
      const away = outages.reduce((sum, outage) => sum + length(outage), 0);
      return `The API server did not answer for ${formatDuration(away)}`;
    }
    return putOff > 0
      ? `The API server was too busy for ${pluralize(putOff, 'request')}`
      : `An admission webhook had not seen new objects yet and rejected ${pluralize(early, 'request')}`;
  };
  return {
    ended: (error) => {
      const found = error === undefined ? undefined : meaningOf(error);
      if (found === 'later') putOff += 1;
      else if (found === 'early') early += 1;
      else if (found !== undefined) fail(error);
      // An aborted or unsent request says nothing about the server.
      const isAnswer = error === undefined || error instanceof ApiError;
      const outage = open();
      if (isAnswer && (found === undefined || found === 'later' || found === 'early') && outage !== undefined)
        outage.until = Date.now();
      return found;
    },
    resent: () => {
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
      if (outages.length === 0 && putOff === 0 && early === 0) return undefined;
      const details = [
        ...outages.map(describe),
        ...(putOff > 0 ? [`${putOff} rejected by the busy server (429)`] : []),
        ...(early > 0 ? [`${early} rejected by a webhook that had not seen an object yet`] : []),
        `${sentAgain} sent again`,
      ];
      const isOutage = outages.length > 0;
      const code = isOutage || putOff > 0 ? 'api-server-away' : 'webhook-behind';
      return { code, title: titleOf(), detail: details.join('; '), isOutage };
    },
    get signal() {
      return abandoned.signal;
    },
    abandon: () => {
      abandoned.abort(new Error('the scenario that asked for it has ended'));
      abandoned = new AbortController();
    },
  };
};
