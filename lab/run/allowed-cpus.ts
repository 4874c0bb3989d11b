import { readFileSync } from 'node:fs';

/** Parses a list in the kernel's format: `0-2,8` is 0, 1, 2 and 8. */
const parseCpuList = (list: string): number[] =>
  list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, position) => first + position);
  });

/**
 * Returns the CPUs that a process may use (default: this one). A container or a caller may have limited them
 * to any subset.
 */
export const allowedCpus = (pid: number | 'self' = 'self'): number[] => {
  const file = `/proc/${pid}/status`;
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (list === undefined) throw new Error(`${file} does not say which CPUs the process may use`);
  return parseCpuList(list);
};
