import { beforeEach, expect, test } from 'vitest';
import { checkTools } from '../../../providers/docker/check.ts';
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

const otherPlatform = 'Docker runs linux/arm64 here, and the images are for linux/amd64: use another machine';
const install = 'go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io';
const noVersion = `kind version cannot be told (Segmentation fault): install it anew: ${install}`;

// One that is missing, too old, or does not answer, is the doctor's to tell as well (doctor.test.ts).
test.each<[string, Behaviour]>([
  [otherPlatform, { when: 'docker', prints: 'linux/arm64' }],
  [noVersion, { when: 'kind version', exitCode: 139, says: 'Segmentation fault' }],
])('%s', async (message, behaviour) => {
  await stubs.behave(behaviour);
  await expect(checkTools(kindTool)).rejects.toMatchObject({ name: 'NotFit', message });
});
