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
  expect(stubs.calls().map(({ line }) => line)).toEqual([`${tool.name} version`, docker]);
});

// One that is missing, too old, or does not answer, is the doctor's to report as well (doctor.test.ts).
test.each<[string, Behaviour]>([
  ['docker-platform', { when: 'docker', prints: 'linux/arm64' }],
  ['tool-version-unknown', { when: 'kind version', exitCode: 139, printsError: 'Segmentation fault' }],
])('%s', async (code, behaviour) => {
  await stubs.behave(behaviour);
  await expect(checkTools(kindTool)).rejects.toMatchObject({ name: 'PreconditionError', code });
});
