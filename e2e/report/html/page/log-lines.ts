import type { ContainerLog } from '../data.ts';

/** How bad a line says that it is. */
export type LogSeverity = 'E' | 'W' | 'I' | 'D';

/** A line of a log on the axis of its scenario; `at` is null where the axis has no date. */
export type LogLine = { at: number; severity: LogSeverity; log: number; text: string };

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s?(.*)$/s;
const inner = /\btime="?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))/;
// Where the log has a time for each line, the program's own says it twice.
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

/** How bad a line is, by the words that its program has for that. */
export const severityOf = (text: string): LogSeverity =>
  levels.find(([pattern]) => pattern.test(text))?.[1] ?? 'I';

const toMs = (iso: string | undefined): number | undefined =>
  iso === undefined ? undefined : Date.parse(iso.replace(/(\.\d{3})\d+/, '$1'));

/**
 * All lines of some logs in the order of time; a line without a time of its own belongs to the one before it.
 */
export const readLogs = (logs: readonly ContainerLog[], startedAt: string | null): LogLine[] => {
  const start = startedAt === null ? undefined : Date.parse(startedAt);
  const lines = logs.flatMap(({ text }, log) => {
    // What stands before the first line with a time counts as of then.
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
  // A stable sort: lines of one moment stay in their order.
  return lines.toSorted((one, other) => one.at - other.at);
};
