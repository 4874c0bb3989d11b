import { delimiter, join } from 'node:path';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildCommand, type CommandFailed } from '../build/command.ts';
import { debianPrograms } from '../build/tools.ts';
import { ensureCached, isCached } from '../cache/cache.ts';
import { canUseApt } from '../debian/can-use-apt.ts';
import { checkCommands } from '../fitness.ts';

/** Time-out of one command in ms. Its caller owns it. */
const COMMAND_TIMEOUT_MS = 30 * 60_000;

/** Debian's skopeo, and the programs that tar needs for compressed archives. */
const imageTools = debianPrograms('image-tools', ['skopeo', 'zstd', 'xz-utils', 'bzip2']);

const findTools = async (): Promise<string | undefined> => {
  if ((await isCached(imageTools)) || (await canUseApt())) return join(await ensureCached(imageTools), 'bin');
  const [skopeo] = await checkCommands(['skopeo']);
  if (skopeo?.failure === undefined) return undefined;
  throw new PreconditionError({
    code: 'skopeo-missing',
    what: 'container images are read by skopeo, and apt knows no Debian archive on this machine',
    remedy: 'install skopeo, or name a mirror of Debian by CORRAL_DEBIAN_MIRROR',
  });
};

let tools: Promise<string | undefined> | undefined;

/**
 * Returns the folder of skopeo and its helpers, downloaded at the first use. Undefined without apt: then the
 * machine's own skopeo is used. Throws PreconditionError if there is neither.
 */
export const imageToolsFolder = (): Promise<string | undefined> => {
  tools ??= findTools().catch((error) => {
    tools = undefined;
    throw error;
  });
  return tools;
};

/** Runs tar or skopeo in a folder and returns the output. Throws CommandFailed. */
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

/**
 * The reason of a command's failure. For skopeo it is the field `msg` of the line with level `fatal`, for tar
 * the first line.
 */
export const failureReason = ({ said }: CommandFailed): string => {
  const message = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]?.replaceAll('\\"', '"');
  return message ?? shorten(said.trim().split('\n')[0] ?? '');
};

/**
 * Copies one image for the nodes' platform. `from` and `to` are in skopeo's syntax. Layers keep their
 * compression, and every byte is checked against its digest.
 */
export const copyImage = async (
  from: string,
  to: string,
  { folder, options = [] }: { folder: string; options?: readonly string[] },
): Promise<void> => {
  const platform = ['--override-os', 'linux', '--override-arch', 'amd64'];
  // This machine's policy for images does not apply.
  const common = ['--insecure-policy', '--tmpdir', folder, ...platform];
  await imageCommand(
    'skopeo',
    [...common, 'copy', '--dest-oci-accept-uncompressed-layers', ...options, from, to],
    folder,
  );
};
