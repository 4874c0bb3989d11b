import { execa } from 'execa';
import semver from 'semver';
import { isProgramMissing } from '../../e2e/kube/errors.ts';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { nodePlatform } from '../../lab/images/layout.ts';
import type { ClusterTool } from './tool.ts';

/** Time-out of a version query to Docker or a tool. This check owns it. */
const ANSWER_MS = 30_000;

const labAlternative = 'or use --provider lab, which needs neither Docker nor root';

const ask = (command: string, args: string[]) =>
  execa(command, args, { reject: false, stdin: 'ignore', timeout: ANSWER_MS });

/**
 * Checks that Docker responds and runs the platform of the images. Throws PreconditionError with a remedy in one line.
 */
export const checkDocker = async (): Promise<void> => {
  const answer = await ask('docker', ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}']);
  if (isProgramMissing('docker', answer.code))
    throw new PreconditionError({
      code: 'docker-missing',
      what: 'docker is missing',
      remedy: `install Docker Engine (docs.docker.com/engine/install), ${labAlternative}`,
    });
  if (answer.timedOut)
    throw new PreconditionError({
      code: 'docker-silent',
      what: `Docker does not answer in ${ANSWER_MS / 1000} s`,
      remedy: `restart it, ${labAlternative}`,
    });
  if (answer.failed)
    throw new PreconditionError({
      code: 'docker-refuses',
      what: `Docker does not answer (${shorten(answer.stderr)})`,
      remedy: `start it, and see that you may use it (the group docker), ${labAlternative}`,
    });
  const platform = answer.stdout.trim();
  if (platform !== nodePlatform)
    throw new PreconditionError({
      code: 'docker-platform',
      what: `Docker runs ${platform} here, and the images are for ${nodePlatform}`,
      remedy: 'use another machine',
    });
};

type Tool = Pick<ClusterTool, 'name' | 'install' | 'oldest'>;

/**
 * Checks that the tool is installed and new enough, and returns its version. Throws PreconditionError with a remedy in
 * one line.
 */
export const checkTool = async ({ name, install, oldest }: Tool): Promise<string> => {
  const answer = await ask(name, ['version']);
  if (isProgramMissing(name, answer.code))
    throw new PreconditionError({
      code: 'tool-missing',
      what: `${name} is missing`,
      remedy: `${install}, ${labAlternative}`,
    });
  // `k3d version v5.8.3`: the pattern must not match the 3 in the name.
  const version = semver.coerce(/\bv\d+\.\d+\.\d+/.exec(answer.stdout)?.[0] ?? null);
  if (answer.failed || version === null)
    throw new PreconditionError({
      code: 'tool-version-unknown',
      what: `${name} version is not known (${shorten(answer.stderr || answer.stdout)})`,
      remedy: `install it anew: ${install}`,
    });
  if (semver.lt(version, oldest))
    throw new PreconditionError({
      code: 'tool-too-old',
      what: `${name} ${version} is too old, it takes ${oldest} at least`,
      remedy: install,
    });
  return version.version;
};

/** Checks that Docker and the tool can be used. Throws PreconditionError with a remedy in one line. */
export const checkTools = async (tool: Tool): Promise<void> => {
  await checkTool(tool);
  await checkDocker();
};
