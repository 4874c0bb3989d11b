import { beforeEach, expect, test } from 'vitest';
import { checkTools } from '../../../providers/docker/check.ts';
import type { ClusterTool } from '../../../providers/docker/tool.ts';
import { k3dTool } from '../../../providers/k3d/tool.ts';
import { kindTool } from '../../../providers/kind/tool.ts';
import { type Behaviour, stubDocker } from '../../support/docker-stubs.ts';

let stubs: Awaited<ReturnType<typeof stubDocker>>;
beforeEach(async () => {
  stubs = await stubDocker();
  return () => stubs.stop();
});

test.each([kindTool, k3dTool])('$name and Docker are there', async (tool) => {
  await checkTools(tool);
  const docker = 'docker version --format {{.Server.Os}}/{{.Server.Arch}}';
  expect(stubs.calls().map(({ asked }) => asked)).toEqual([`${tool.name} version`, docker]);
});

test.each([
  ['docker', kindTool, 'install Docker Engine (docs.docker.com/engine/install)'],
  ['k3d', k3dTool, 'see k3d.io for its ways to install it'],
])('%s is not there', async (command, tool, mend) => {
  // Nothing else is on the way: a machine may have the real ones.
  process.env.PATH = `${stubs.folder}/bin`;
  await stubs.lose(command);
  const message = `${command} is missing: ${mend}, or use --provider lab, which needs neither Docker nor root`;
  await expect(checkTools(tool)).rejects.toMatchObject({ name: 'NotFit', message });
});

const noDaemon = 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?';
const install = 'go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io';

test.each<[ClusterTool, Behaviour, string]>([
  [
    kindTool,
    { when: 'docker', exitCode: 1, says: noDaemon },
    `Docker does not answer (${noDaemon}): start it, and see that you may use it (the group docker), or use --provider lab, which needs neither Docker nor root`,
  ],
  [
    k3dTool,
    { when: 'docker', prints: 'linux/arm64' },
    'Docker runs linux/arm64 here, and the images are for linux/amd64: use another machine',
  ],
  [
    kindTool,
    { when: 'kind version', exitCode: 139, says: 'Segmentation fault' },
    `kind version cannot be told (Segmentation fault): install it anew: ${install}`,
  ],
  [{ ...kindTool, oldest: '0.31.0' }, {}, `kind 0.30.0 is too old, it takes 0.31.0 at least: ${install}`],
])('what is wrong with one is told: %#', async (tool, behaviour, message) => {
  await stubs.behave(behaviour);
  await expect(checkTools(tool)).rejects.toMatchObject({ name: 'NotFit', message });
});
