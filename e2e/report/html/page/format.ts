import { formatDuration } from '../../../kube/duration.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Writes a moment (s) of a scenario, as finely as a reader can use: `+3.25 s`, `+2:05`. */
export const formatAt = (seconds: number, digits = 2): string => {
  if (seconds < 100) return `+${Number(seconds.toFixed(digits))} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - minutes * 60;
  const whole = Math.floor(rest);
  const fraction = digits === 0 ? '' : (rest - whole).toFixed(digits).slice(1);
  return `+${minutes}:${two(whole)}${Number(fraction) === 0 ? '' : fraction}`;
};

/**
 * Writes a tick of the axis: only as many digits as distinguish it from its neighbours, which are `step` (s) away.
 */
export const formatTick = (seconds: number, step: number): string => {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  if (step < 10 && seconds < 100) return `${seconds.toFixed(digits)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(digits);
  return `${minutes}:${rest.padStart(digits === 0 ? 2 : digits + 3, '0')}`;
};

/** Writes a length of time (s). */
export const formatSpan = (seconds: number): string => formatDuration(seconds * 1000);

/** Writes a date of the calendar as people compare it, in the time of the one who reads. */
export const formatDate = (iso: string): string => {
  const date = new Date(iso);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** Writes a moment of a scenario by the clock, in UTC as logs have it. */
export const formatClock = (startedAt: string | null, seconds: number): string =>
  startedAt === null
    ? ''
    : `${new Date(Date.parse(startedAt) + seconds * 1000).toISOString().slice(11, 23)} UTC`;

/** What each state of a scenario is called and which sign it has, which is not its colour alone. */
export const states = {
  passed: { sign: '✓', word: 'passed' },
  'known-bug': { sign: '!', word: 'known bug' },
  failed: { sign: '✗', word: 'failed' },
  'not-provable': { sign: '?', word: 'not provable' },
  skipped: { sign: '–', word: 'skipped' },
} as const;
