import type { Lane, Mark, Timeline } from '../data.ts';
import { type LogLine, readLogs } from './log-lines.ts';

const toMark = ({ at, severity, text }: LogLine): Mark => ({
  at,
  shape: severity === 'E' ? 'bad' : 'warning',
  text: `${severity} ${text.slice(0, 300)}`,
});

/** Adds a lane for each log: from its first line to its last, with its errors and warnings as marks. */
export const addLogLanes = (timeline: Timeline): Timeline => {
  if (timeline.startedAt === null) return timeline;
  const logs = timeline.logs.flatMap((log): Lane[] => {
    const lines = readLogs([log], timeline.startedAt);
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) return [];
    const bars = [
      {
        from: Math.max(0, first.at),
        to: Math.min(timeline.seconds, last.at),
        state: `${lines.length} lines`,
        tone: 'quiet' as const,
        texts: [],
      },
    ];
    const marks = lines.filter(({ severity }) => severity === 'E' || severity === 'W').map(toMark);
    return [{ kind: 'log', name: log.name, bars, marks, brackets: [], gaps: [], events: [] }];
  });
  return { ...timeline, lanes: [...timeline.lanes, ...logs] };
};
