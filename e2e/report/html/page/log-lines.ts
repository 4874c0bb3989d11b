import type { ContainerLog } from '../data.ts';

/** The severity of a log line: error, warning, info or debug. */
export type LogSeverity = 'E' | 'W' | 'I' | 'D';

/**
 * A line of a log. `at` is in seconds since the scenario's start, or 0 if the date of the start is unknown. `log` is
 * the index of its log.
 */
export type LogLine = { at: number; severity: LogSeverity; log: number; text: string };

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s?(.*)$/s;
const inner = /\btime="?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))/;
// The log has a timestamp for each line, so the program's own timestamp is left out.
const own = /^time="[^"]*" /;
const anyTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/;
const levels: [RegExp, LogSeverity][] = [
  [
    /\blevel="?(?:error|fatal|panic)\b|^[EF]\d{4} |"level":"(?:error|fatal)"|^panic:|\b(?:ERROR|FATAL)\b|\[ERR/,
    'E',
  ],
  [/\blevel="?warn(?:ing)?\b|^W\d{4} |"level":"warn|\bWARN(?:ING)?\b/, 'W'],
  [/\blevel="?(?:debug|trace)\b|"level":"debug"/, 'D'],
];

/** Determines the severity of a line from the words that the common log formats use. */
export const severityOf = (text: string): LogSeverity =>
  levels.find(([pattern]) => pattern.test(text))?.[1] ?? 'I';

const toMs = (iso: string | undefined): number | undefined =>
  iso === undefined ? undefined : Date.parse(iso.replace(/(\.\d{3})\d+/, '$1'));

/** Merges the lines of some logs in the order of time. A line without a timestamp belongs to the line before it. */
export const readLogs = (logs: readonly ContainerLog[], startedAt: string | null): LogLine[] => {
  const start = startedAt === null ? undefined : Date.parse(startedAt);
  const lines = logs.flatMap(({ text }, log) => {
    // The lines before the first timestamp get that timestamp.
    let at = start === undefined ? 0 : ((toMs(anyTime.exec(text)?.[0]) ?? start) - start) / 1000;
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): LogLine => {
        const [, first, rest = line] = stamp.exec(line) ?? [];
        const time = toMs(first ?? inner.exec(line)?.[1]);
        if (time !== undefined && start !== undefined) at = (time - start) / 1000;
        return { at, severity: severityOf(rest), log, text: rest.replace(own, '') };
      });
  });
  // The sort is stable: lines of one moment keep their order.
  return lines.toSorted((one, other) => one.at - other.at);
};
