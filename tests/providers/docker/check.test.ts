import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTools } from '../../../providers/docker/check.ts';
import type { ClusterTool } from '../../../providers/docker/tool.ts';
import { k3dTool } from '../../../providers/k3d/tool.ts';
import { kindTool } from '../../../providers/kind/tool.ts';
import { type Behaviour, stubDocker } from '../../support/docker-stubs.ts';

let stubs: Awaited<ReturnType<typeof stubDocker>>;

beforeEach(async () => {
  stubs = await stubDocker();
});
afterEach(() => stubs.stop());

test.each([kindTool, k3dTool])('$name and Docker are there', async (tool) => {
  await checkTools(tool);
  expect(stubs.calls().map(({ asked }) => asked)).toEqual([
    `${tool.name} version`,
    'docker version --format {{.Server.Os}}/{{.Server.Arch}}',
  ]);
});

test.each([
  [
    'docker',
    kindTool,
    'docker is missing: install Docker Engine (docs.docker.com/engine/install), or use --provider lab, which needs neither Docker nor root',
  ],
  [
    'k3d',
    k3dTool,
    'k3d is missing: see k3d.io for its ways to install it, or use --provider lab, which needs neither Docker nor root',
  ],
])('%s is not there', async (command, tool, message) => {
  // Nothing else is on the way: a machine may have the real ones.
  process.env.PATH = `${stubs.folder}/bin`;
  await stubs.lose(command);
  await expect(checkTools(tool)).rejects.toMatchObject({ name: 'NotFit', message });
});

test.each<[string, ClusterTool, Behaviour, string]>([
  [
    'the daemon does not run',
    kindTool,
    {
      when: 'docker',
      exitCode: 1,
      says: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    },
    'Docker does not answer (Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?): start it, and see that you may use it (the group docker), or use --provider lab, which needs neither Docker nor root',
  ],
  [
    'another platform',
    k3dTool,
    { when: 'docker', prints: 'linux/arm64' },
    'Docker runs linux/arm64 here, and the images are for linux/amd64: use another machine',
  ],
  [
    'a broken kind',
    kindTool,
    { when: 'kind version', exitCode: 139, says: 'Segmentation fault' },
    'kind version cannot be told (Segmentation fault): install it anew: go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io',
  ],
  [
    'a version that is too old',
    { ...kindTool, oldest: '0.31.0' },
    {},
    'kind 0.30.0 is too old, it takes 0.31.0 at least: go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io',
  ],
])('%s', async (_, tool, behaviour, message) => {
  await stubs.behave(behaviour);
  await expect(checkTools(tool)).rejects.toMatchObject({ name: 'NotFit', message });
});
