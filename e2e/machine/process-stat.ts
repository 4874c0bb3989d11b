import { readdir, readFile } from 'node:fs/promises';

/** Linux reports CPU time in /proc in hundredths of a second, whatever the frequency of the kernel's timer. */
const TICKS = 100;

/** Data of a process from /proc. */
export type ProcessStat = {
  /** The state letter (proc(5)): `T` is stopped, `Z` is a zombie. */
  state: string;
  group: number;
  /** CPU time in user and system mode. */
  ownSeconds: number;
  /** The CPU time of ended children that were waited for. */
  childrenSeconds: number;
};

const parseStat = (stat: string): ProcessStat => {
  // A name may contain spaces and parentheses. The fields state, parent and group follow its last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (from: number): number => (Number(fields[from]) + Number(fields[from + 1])) / TICKS;
  const [state = '', , group] = fields;
  return { state, group: Number(group), ownSeconds: seconds(11), childrenSeconds: seconds(13) };
};

/** Reads the data of a process. Undefined if the process has ended or there is no /proc. */
export const processStat = async (pid: number | 'self'): Promise<ProcessStat | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === '' ? undefined : parseStat(stat);
};

export type Process = ProcessStat & { pid: number };

/** Reads the data of all processes of this machine. */
export const allProcesses = async (): Promise<Process[]> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const stats = await Promise.all(pids.map(processStat));
  return stats.flatMap((stat, position) =>
    stat === undefined ? [] : [{ ...stat, pid: pids[position] as number }],
  );
};
