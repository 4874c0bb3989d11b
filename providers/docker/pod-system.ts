import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildCommand, CommandFailed } from '../../lab/build/command.ts';
import { isDiskError } from '../../lab/build/disk-error.ts';
import { type CachedArtifact, ensureCached, isCached } from '../../lab/cache/cache.ts';
import { canUseApt } from '../../lab/debian/can-use-apt.ts';
import { checkCommands } from '../../lab/fitness.ts';
import { podPackages, podSystemArtifact } from '../../lab/images/core.ts';
import type { ProgressDisplay } from '../provider.ts';

/** The base image for Docker. Docker has it or pulls it. */
export const debianImage = 'debian:trixie-slim';

/** Time-outs of Docker for the packages, and for all else, in ms. The build owns them. */
const timeouts = { build: 20 * 60_000, other: 5 * 60_000 };

// Docker creates its own /etc/mtab, which would be empty for the store's server.
const containerfile = `FROM ${debianImage}
RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${podPackages.join(' ')} \\
 && rm -rf /var/lib/apt/lists/* \\
 && ln -sf ../proc/self/mounts /etc/mtab
`;

const byDocker: CachedArtifact = {
  ...podSystemArtifact,
  build: async (dir) => {
    const name = `corral-pod-system-${process.pid}`;
    const docker = (timeout: number, ...args: string[]) =>
      buildCommand('docker', args, { folder: dir, timeout }).catch((error) => {
        if (!(error instanceof CommandFailed) || isDiskError(error)) throw error;
        const said = shorten(error.said);
        throw new PreconditionError({
          code: 'docker-build-failed',
          what: `docker ${args[0]} failed for the pods' system (${said})`,
          remedy: `see that Docker has or can pull ${debianImage}, and Debian's packages`,
        });
      });
    await writeFile(join(dir, 'Containerfile'), containerfile);
    await docker(
      timeouts.build,
      'build',
      '--quiet',
      '--tag',
      name,
      '--file',
      join(dir, 'Containerfile'),
      dir,
    );
    try {
      await docker(timeouts.other, 'create', '--name', name, name, 'true');
      await docker(timeouts.other, 'export', '--output', join(dir, 'layer.tar'), name);
    } finally {
      await docker(timeouts.other, 'rm', '--force', name);
      await docker(timeouts.other, 'rmi', name);
    }
  },
};

/**
 * Builds the base of the pods' images in Docker, if this machine is not a Debian and the cache has none.
 * Throws PreconditionError if there is no Docker either.
 */
export const ensurePodSystem = async (progress: Pick<ProgressDisplay, 'step'>): Promise<void> => {
  if ((await isCached(podSystemArtifact)) || (await canUseApt())) return;
  const [docker] = await checkCommands(['docker']);
  if (docker?.failure !== undefined)
    throw new PreconditionError({
      code: 'debian-archive-unknown',
      what: 'apt knows no Debian archive on this machine, and there is no docker',
      remedy: 'name a mirror of Debian by CORRAL_DEBIAN_MIRROR, or install Docker',
    });
  await progress.step(`Make the pods' system in Docker, from ${debianImage}`, () => ensureCached(byDocker));
};
