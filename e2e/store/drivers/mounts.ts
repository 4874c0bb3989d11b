import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NoLocalStore } from '../driver.ts';

/** A folder of a server as mountinfo shows it (`share`), its file system types, and the command that mounts it. */
type Shared = { types: RegExp; share: string; mount: string };

/** Finds where the store of a URL is mounted on this machine, by the folder that its server shares. */
export const mountedAt = async (
  url: string,
  { mount, ...shared }: Shared,
): Promise<{ folder: string } | NoLocalStore> => {
  const found = findMount(await readFile('/proc/self/mountinfo', 'utf8'), shared);
  if (found !== undefined) return { folder: found };
  const problem = `${url} is not mounted on this machine: have it mounted (as root: ${mount}), and name DIR`;
  return { problem, wrong: false };
};

/**
 * Finds where a folder of a server is mounted, in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). Undefined
 * if it is not mounted.
 */
export const findMount = (
  mountinfo: string,
  { types, share }: Pick<Shared, 'types' | 'share'>,
): string | undefined => {
  const wanted = withoutSlash(share);
  for (const line of mountinfo.split('\n').reverse()) {
    const [before = '', after = ''] = line.split(' - ');
    const [type = '', mounted = ''] = after.split(' ').map(unescaped);
    const [, , , root = '/', mountPoint = ''] = before.split(' ').map(unescaped);
    if (!types.test(type)) continue;
    const shared = withoutSlash(`${withoutSlash(mounted)}${root}`);
    if (wanted === shared) return mountPoint;
    if (wanted.startsWith(`${shared}/`)) return join(mountPoint, wanted.slice(shared.length));
  }
  return undefined;
};

const withoutSlash = (path: string): string => path.replace(/\/+$/, '');

// mountinfo writes spaces and some other characters as octal escapes.
const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
