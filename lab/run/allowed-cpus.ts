import { readFileSync } from 'node:fs';

/** The numbers in a list as the kernel writes them: `0-2,8` is 0, 1, 2 and 8. */
export const parseCpuList = (list: string): number[] =>
  list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, position) => first + position);
  });

/** The CPUs that this process may use; a container, or who runs it, may have left it a few out of the middle. */
export const allowedCpus = (): number[] => {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (list === undefined) throw new Error('/proc/self/status does not say which CPUs this process may use');
  return parseCpuList(list);
};
