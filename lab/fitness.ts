import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { execa } from 'execa';
import { NotFit } from './not-fit.ts';

const GIB = 2 ** 30;

// All of them are in packages that every Debian has, but for a container image that was cut down.
const commands: Record<string, string> = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  tar: 'tar',
  unshare: 'util-linux',
  taskset: 'util-linux',
  mount: 'mount',
};

const hasCommand = async (command: string): Promise<boolean> => !(await execa('which', [command], { reject: false })).failed;

/**
 * Checks what the lab needs of this machine before anything is built or started; throws NotFit for the first thing that is missing.
 *
 * `cache` is the folder that it writes to; `built` says that the parts are there already, so that less room is needed.
 */
export const checkFitness = async ({ cache, built }: { cache: string; built: boolean }): Promise<void> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NotFit(`the lab runs on Linux on x86-64, this is ${process.platform} on ${process.arch}: use another machine`);
  }
  for (const [command, debianPackage] of Object.entries(commands)) {
    if (!(await hasCommand(command))) throw new NotFit(`${command} is missing: run apt-get install ${debianPackage} as root`);
  }
  const namespaces = ['--user', '--map-root-user', '--net', '--pid', '--fork', '--mount', '--mount-proc', 'true'];
  const { failed, stderr } = await execa('unshare', namespaces, { reject: false });
  if (failed) {
    throw new NotFit(`this user may not make namespaces (${stderr.trim()}): run sysctl -w user.max_user_namespaces=10000 as root`);
  }
  if (freemem() < 3 * GIB)
    throw new NotFit(`only ${(freemem() / GIB).toFixed(1)} GiB of memory are free, the lab takes up to 4: end other programs`);
  const disk = await statfs(cache);
  const free = disk.bavail * disk.bsize;
  const needed = (built ? 4 : 10) * GIB;
  if (free < needed) {
    const what = built ? 'a lab takes' : 'the first build and a lab take';
    throw new NotFit(
      `only ${(free / GIB).toFixed(1)} GiB are free under ${cache}, ${what} up to ${needed / GIB}: free some, or set XDG_CACHE_HOME`,
    );
  }
};
