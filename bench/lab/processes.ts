import { readFileSync } from 'node:fs';
import { allProcesses } from '../../e2e/machine/process-stat.ts';

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
export const takenByPart = async (dir: string): Promise<Map<string, Taken>> => {
  const processes = await allProcesses();
  const leaders = new Map<number, string>();
  for (const { pid } of processes) {
    const commandLine = read(`/proc/${pid}/cmdline`);
    if (commandLine.includes(dir)) leaders.set(pid, partOf(commandLine));
  }
  const parts = new Map<string, Taken>();
  for (const { pid, group, ownSeconds } of processes) {
    const part = leaders.get(pid) ?? leaders.get(group);
    if (part === undefined) continue;
    const taken = parts.get(part) ?? { mebibytes: 0, cpuSeconds: 0 };
    taken.mebibytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
    taken.cpuSeconds += ownSeconds;
    parts.set(part, taken);
  }
  return parts;
};
