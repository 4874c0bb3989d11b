import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { draftsDir, labsDir } from '../../lab/cache/folders.ts';

/** How long the kernel and who cleans up may take until nothing is left; the benchmark owns this time-out. */
const GRACE_MS = 15_000;

const quietly = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const entries = (dir: string): string[] => quietly(() => readdirSync(dir), []).map((name) => join(dir, name));
const linesOf = (file: string): string[] =>
  quietly(() => readFileSync(file, 'utf8'), '')
    .split('\n')
    .filter(Boolean);

const processes = (): string[] => entries('/proc').filter((path) => /\/\d+$/.test(path));

// A kernel worker has no command line; it comes and goes by itself.
const commandLines = (): string[] =>
  processes()
    .map(
      (path) =>
        `${path} ${quietly(() => readFileSync(`${path}/cmdline`, 'utf8'), '')
          .replaceAll('\0', ' ')
          .slice(0, 120)}`,
    )
    .filter((line) => !line.endsWith(' '));

const namespaces = (): string[] =>
  processes().flatMap((path) =>
    ['user', 'net', 'pid', 'mnt'].map((kind) => quietly(() => readlinkSync(`${path}/ns/${kind}`), '')),
  );

const listening = (): string[] =>
  ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap(linesOf)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local]) => `listening ${local}`);

/**
 * All that a run could leave on this machine, but for what it is to leave: the cache's parts and its output
 * folder.
 */
export const machineState = (): Set<string> =>
  new Set(
    [
      commandLines(),
      namespaces(),
      listening(),
      linesOf('/proc/self/mountinfo').map((line) => `mount ${line.split(' ')[4]}`),
      entries('/sys/class/net'),
      entries('/dev/shm'),
      entries(tmpdir()),
      entries(homedir()),
      entries(join(homedir(), '.config')),
      entries(join(homedir(), '.kube')),
      entries(labsDir()),
      entries(draftsDir()),
    ].flat(),
  );

/**
 * What is there now that was not there before; looked at until it is nothing, or the time is over, as
 * processes of others have no event.
 */
export const leftOver = async (before: ReadonlySet<string>): Promise<string[]> => {
  const end = Date.now() + GRACE_MS;
  for (;;) {
    const left = [...machineState()].filter((each) => !before.has(each));
    if (left.length === 0 || Date.now() > end) return left;
    await delay(100);
  }
};
