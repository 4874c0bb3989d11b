import { readdir, readFile } from 'node:fs/promises';

/** Linux counts CPU time in hundredths of a second in /proc, whatever the kernel's own clock is. */
const TICKS = 100;

/** What Linux says of a process. */
export type ProcessStat = {
  /** A letter of proc(5): `T` is stopped, `Z` dead and not yet collected. */
  state: string;
  group: number;
  /** CPU time, in user and system mode. */
  ownSeconds: number;
  /** That of its children that have ended and were waited for. */
  childrenSeconds: number;
};

const parseStat = (stat: string): ProcessStat => {
  // A name may hold spaces and parentheses: what follows its last one is state, parent, group.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (from: number): number => (Number(fields[from]) + Number(fields[from + 1])) / TICKS;
  const [state = '', , group] = fields;
  return { state, group: Number(group), ownSeconds: seconds(11), childrenSeconds: seconds(13) };
};

/** What Linux says of a process; undefined for one that has ended, and where there is no /proc. */
export const processStat = async (pid: number | 'self'): Promise<ProcessStat | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === '' ? undefined : parseStat(stat);
};

/** A process of this machine. */
export type Process = ProcessStat & { pid: number };

/** What Linux says of each process of this machine. */
export const allProcesses = async (): Promise<Process[]> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const stats = await Promise.all(pids.map(processStat));
  return stats.flatMap((stat, position) =>
    stat === undefined ? [] : [{ ...stat, pid: pids[position] as number }],
  );
};
