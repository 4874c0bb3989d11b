import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';

const numberIn = (file: string): number | undefined => {
  try {
    const value = Number(readFileSync(file, 'utf8'));
    return Number.isNaN(value) ? undefined : value;
  } catch {
    return undefined;
  }
};

/** What a control group holds of files that nobody uses: it is given up when the memory is needed. */
const reclaimable = (folder: string): number => {
  try {
    const stat = readFileSync(join(folder, 'memory.stat'), 'utf8');
    // Version 1 tells the group's own and, as total, that of all below it; version 2 only the latter.
    const [, bytes = '0'] = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat) ?? [];
    return Number(bytes);
  } catch {
    return 0;
  }
};

const leftIn = (folder: string): number => {
  const limit = numberIn(join(folder, 'memory.max')) ?? numberIn(join(folder, 'memory.limit_in_bytes'));
  const used = numberIn(join(folder, 'memory.current')) ?? numberIn(join(folder, 'memory.usage_in_bytes'));
  return limit === undefined || used === undefined ? Number.POSITIVE_INFINITY : limit - used + reclaimable(folder);
};

/** The folders of the control groups that bound this process, its own first; version 2 has one tree, version 1 one for memory. */
const groupsOf = (root: string, memberships: string): string[] => {
  const [, path = '/'] = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(memberships) ?? /^0::(.*)$/m.exec(memberships) ?? [];
  const base = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:/m.test(memberships) ? join(root, 'memory') : root;
  const folders = [base];
  for (let each = path; each !== '/' && each !== '.'; each = dirname(each)) folders.unshift(join(base, each));
  return folders;
};

/**
 * The memory (bytes) that this process and its children can still take: what the machine has free, or less where a control group bounds it.
 *
 * `root` and `memberships` are `/sys/fs/cgroup` and the content of `/proc/self/cgroup`.
 */
export const freeMemory = (root = '/sys/fs/cgroup', memberships = readFileSync('/proc/self/cgroup', 'utf8')): number =>
  Math.min(freemem(), ...groupsOf(root, memberships).map(leftIn));
