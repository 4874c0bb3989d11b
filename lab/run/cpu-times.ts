import { readFileSync } from 'node:fs';

/** What a CPU has spent, in ticks since the machine's start: doing nothing, and altogether. */
export type CpuTimes = { idle: number; all: number };

/** The times of each CPU in a text as /proc/stat is one (proc(5): user, nice, system, idle, iowait, irq, softirq, steal, ...). */
export const parseCpuTimes = (text: string): Map<number, CpuTimes> =>
  new Map(
    [...text.matchAll(/^cpu(\d+) (.*)$/gm)].map(([, cpu, rest = '']) => {
      // What guests take is within user and nice already.
      const ticks = rest.trim().split(' ').slice(0, 8).map(Number);
      return [Number(cpu), { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, each) => sum + each, 0) }];
    }),
  );

/** The times of this machine's CPUs now. */
export const readCpuTimes = (): Map<number, CpuTimes> => parseCpuTimes(readFileSync('/proc/stat', 'utf8'));

/** Which part of the time between two readings each CPU was idle, from 0 to 1; one that did not tick is left out. */
export const idleBetween = (before: ReadonlyMap<number, CpuTimes>, after: ReadonlyMap<number, CpuTimes>): Map<number, number> =>
  new Map(
    [...after].flatMap(([cpu, { idle, all }]) => {
      const then = before.get(cpu);
      return then === undefined || all <= then.all ? [] : [[cpu, (idle - then.idle) / (all - then.all)]];
    }),
  );
