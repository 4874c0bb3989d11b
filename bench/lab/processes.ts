import { readdirSync, readFileSync } from 'node:fs';

/** What a part of a lab has taken so far. */
export type Taken = { mebibytes: number; cpuSeconds: number };

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended, or is another user's.
    return '';
  }
};

/** Linux tells times in hundredths of a second, whatever the kernel's own clock is. */
const TICKS = 100;

const known = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'etcd',
  'supervisor.ts',
  'host.ts',
];

const partOf = (commandLine: string): string => {
  const words = commandLine.split('\0');
  const command = words.slice(0, 3).join(' ');
  return (
    known.find((name) => command.includes(name)) ??
    words.find((word) => word.startsWith('umid='))?.slice('umid='.length) ??
    'other'
  );
};

/**
 * What the processes of a lab have taken, by part. Each part leads a process group of its own: a node's
 * kernel has a process for each address space in it, which has no command line. Memory is Pss: a page that
 * several have mapped is shared out among them.
 */
export const takenByPart = (dir: string): Map<string, Taken> => {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const leaders = new Map<string, string>();
  for (const pid of pids) {
    const commandLine = read(`/proc/${pid}/cmdline`);
    if (commandLine.includes(dir)) leaders.set(pid, partOf(commandLine));
  }
  const parts = new Map<string, Taken>();
  for (const pid of pids) {
    // After the name, which may hold anything but is in brackets: state, parent, group, ...; user and system
    // time are fields 14 and 15.
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    const part = leaders.get(pid) ?? leaders.get(fields[2] ?? '');
    if (part === undefined) continue;
    const taken = parts.get(part) ?? { mebibytes: 0, cpuSeconds: 0 };
    taken.mebibytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
    taken.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS;
    parts.set(part, taken);
  }
  return parts;
};
