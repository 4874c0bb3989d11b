import { delimiter, join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { buildCommand, type CommandFailed } from '../build/command.ts';
import { debianPrograms } from '../build/tools.ts';
import { cached, isCached } from '../cache/cache.ts';
import { canUseApt } from '../debian/can-use-apt.ts';
import { findCommands } from '../fitness.ts';
import { oneLine } from '../one-line.ts';

/** How long one command may take (ms); who reads or pulls images owns this time-out. */
const COMMAND_TIMEOUT_MS = 30 * 60_000;

/** Debian's skopeo, and what tar starts for archives that are compressed. */
const imageTools = debianPrograms('image-tools', ['skopeo', 'zstd', 'xz-utils', 'bzip2']);

const findTools = async (): Promise<string | undefined> => {
  if ((await isCached(imageTools)) || (await canUseApt())) return join(await cached(imageTools), 'bin');
  const [skopeo] = await findCommands(['skopeo']);
  if (skopeo?.trouble === undefined) return undefined;
  throw new NotFit({
    code: 'skopeo-missing',
    what: 'container images are read by skopeo, and apt knows no Debian archive on this machine',
    remedy: 'install skopeo, or name a mirror of Debian by CORRAL_DEBIAN_MIRROR',
  });
};

let tools: Promise<string | undefined> | undefined;

/**
 * The folder of skopeo and its helpers, fetched the first time that images are read; undefined where there is
 * no apt, and the machine's own are used. Throws NotFit where there is neither.
 */
export const imageToolsFolder = (): Promise<string | undefined> => {
  tools ??= findTools().catch((error) => {
    tools = undefined;
    throw error;
  });
  return tools;
};

/** Runs tar or skopeo in a folder to its end, and returns what it said. Throws CommandFailed. */
export const imageCommand = async (
  command: 'skopeo' | 'tar',
  args: readonly string[],
  folder: string,
): Promise<string> => {
  const tools = await imageToolsFolder();
  const program = command === 'skopeo' && tools !== undefined ? join(tools, command) : command;
  const path = [process.env.PATH, tools].filter((each) => each !== undefined).join(delimiter);
  const env = { PATH: path, LC_ALL: 'C.UTF-8' };
  return buildCommand(program, args, { folder, cwd: folder, timeout: COMMAND_TIMEOUT_MS, env });
};

/** The reason that a command gave: skopeo's is the field `msg` of its line of level `fatal`, tar's its first line. */
export const reasonOf = ({ said }: CommandFailed): string => {
  const message = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]?.replaceAll('\\"', '"');
  return message ?? oneLine(said.trim().split('\n')[0] ?? '');
};

/**
 * Copies one image for the nodes' platform to another place, in skopeo's words for both. Layers stay packed
 * as they are, and every byte is checked against the digest that leads to it.
 */
export const copyImage = async (
  from: string,
  to: string,
  { folder, options = [] }: { folder: string; options?: readonly string[] },
): Promise<void> => {
  const platform = ['--override-os', 'linux', '--override-arch', 'amd64'];
  // No policy of this machine's is asked which images it may read.
  const common = ['--insecure-policy', '--tmpdir', folder, ...platform];
  await imageCommand(
    'skopeo',
    [...common, 'copy', '--dest-oci-accept-uncompressed-layers', ...options, from, to],
    folder,
  );
};
