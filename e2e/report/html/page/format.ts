import { formatDuration } from '../../../kube/duration.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Formats a moment (s since the scenario's start) for readers: `+3.25 s`, `+2:05`. */
export const formatAt = (seconds: number, digits = 2): string => {
  if (seconds < 100) return `+${Number(seconds.toFixed(digits))} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - minutes * 60;
  const whole = Math.floor(rest);
  const fraction = digits === 0 ? '' : (rest - whole).toFixed(digits).slice(1);
  return `+${minutes}:${two(whole)}${Number(fraction) === 0 ? '' : fraction}`;
};

/**
 * Formats a tick of the axis with the fewest digits that distinguish it from its neighbours, which are `step` (s) away.
 */
export const formatTick = (seconds: number, step: number): string => {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  if (step < 10 && seconds < 100) return `${seconds.toFixed(digits)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(digits);
  return `${minutes}:${rest.padStart(digits === 0 ? 2 : digits + 3, '0')}`;
};

/** Formats a length of time (s). */
export const formatSpan = (seconds: number): string => formatDuration(seconds * 1000);

/** Formats a date in the reader's time zone, the largest unit first. */
export const formatDate = (iso: string): string => {
  const date = new Date(iso);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** Formats a moment of a scenario as a time of day in UTC, as in logs. */
export const formatClock = (startedAt: string | null, seconds: number): string =>
  startedAt === null
    ? ''
    : `${new Date(Date.parse(startedAt) + seconds * 1000).toISOString().slice(11, 23)} UTC`;

/** The word and the sign of each state of a scenario. The sign is for readers who do not see colours. */
export const states = {
  passed: { sign: '✓', word: 'passed' },
  'known-bug': { sign: '!', word: 'known bug' },
  failed: { sign: '✗', word: 'failed' },
  'not-provable': { sign: '?', word: 'not provable' },
  skipped: { sign: '–', word: 'skipped' },
} as const;
