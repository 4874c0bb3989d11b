import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { freeMemory } from './free-memory.ts';
import { NotFit } from './not-fit.ts';
import { oneLine } from './one-line.ts';
import type { LabSize } from './size.ts';

const GIB = 2 ** 30;

/** What the control plane takes, and how much of the memory promised to nodes they come to use; as measured, with some to spare. */
const CONTROL_PLANE = GIB;
const SHARE_USED = 0.7;

// All of them are in packages that every Debian has, but for a container image that was cut down.
const commands: Record<string, string> = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  tar: 'tar',
  unshare: 'util-linux',
  taskset: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
};

const hasCommand = async (command: string): Promise<boolean> => {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) =>
    access(join(folder, command), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
};

/** What keeps users from making namespaces: a setting, the value that forbids it, and what allows it. */
const namespaceSettings: [setting: string, forbids: string, allows: string][] = [
  ['user/max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=10000'],
  ['kernel/unprivileged_userns_clone', '0', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  ['kernel/apparmor_restrict_unprivileged_userns', '1', 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
];

const checkNamespaces = async (): Promise<void> => {
  const namespaces = ['--user', '--map-root-user', '--net', '--pid', '--fork', '--mount', '--mount-proc', 'true'];
  const { failed, stderr } = await execa('unshare', namespaces, { reject: false });
  if (!failed) return;
  const said = oneLine(stderr);
  for (const [setting, forbids, allows] of namespaceSettings) {
    const value = await readFile(join('/proc/sys', setting), 'utf8').catch(() => '');
    if (value.trim() === forbids) throw new NotFit(`this user may not make namespaces (${said}): run ${allows} as root`);
  }
  throw new NotFit(
    `namespaces may not be made here (${said}): in a container, give it --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`,
  );
};

const bytesOf = (size: string): number => Number(size.slice(0, -1)) * (size.endsWith('G') ? GIB : 2 ** 20);

const inGib = (bytes: number): string => (bytes / GIB).toFixed(1);

const checkMemory = ({ nodes, memory }: Pick<LabSize, 'nodes' | 'memory'>): void => {
  const needed = CONTROL_PLANE + nodes * bytesOf(memory) * SHARE_USED;
  const free = freeMemory();
  if (free < needed)
    throw new NotFit(
      `only ${inGib(free)} GiB of memory are free here, a lab with --nodes ${nodes} --memory ${memory} takes about ${inGib(needed)}: end other programs, or ask for less`,
    );
};

const checkDisk = async (cache: string, built: boolean): Promise<void> => {
  const { bavail, bsize } = await statfs(cache);
  const needed = (built ? 4 : 10) * GIB;
  if (bavail * bsize >= needed) return;
  const what = built ? 'a lab takes' : 'the first build and a lab take';
  throw new NotFit(
    `only ${inGib(bavail * bsize)} GiB are free under ${cache}, ${what} up to ${needed / GIB}: free some (npm run lab -- prune), or set XDG_CACHE_HOME`,
  );
};

/**
 * Checks what the lab needs of this machine before anything is built or started; throws NotFit for the first thing that is missing.
 *
 * `cache` is the folder that it writes to; `built` says that the parts are there already, so that less room is needed.
 */
export const checkFitness = async (options: { cache: string; built: boolean } & Pick<LabSize, 'nodes' | 'memory'>): Promise<void> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NotFit(`the lab runs on Linux on x86-64, this is ${process.platform} on ${process.arch}: use another machine`);
  }
  for (const [command, debianPackage] of Object.entries(commands)) {
    if (!(await hasCommand(command))) throw new NotFit(`${command} is missing: run apt-get install ${debianPackage} as root`);
  }
  await checkNamespaces();
  checkMemory(options);
  await checkDisk(options.cache, options.built);
};
