import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { artifactDir } from '../../../lab/cache/cache.ts';
import { podSystemArtifact } from '../../../lab/images/core.ts';
import { ensurePodSystem } from '../../../providers/docker/pod-system.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { stubDocker } from '../../support/docker-stubs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let stubs: Awaited<ReturnType<typeof stubDocker>>;

beforeEach(async () => {
  vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
  stubs = await stubDocker();
  await stubs.add('apt-get');
  await stubs.add('dpkg-deb');
  return () => stubs.stop();
});

const prepare = async (): Promise<string[]> => {
  const lines: string[] = [];
  await ensurePodSystem(plainProgress((line) => lines.push(line)));
  // On a busy machine the stubs take ten seconds, which is reported.
  return lines.filter((line) => !line.startsWith('... '));
};

const dockerCalls = (): string[] =>
  stubs.calls().flatMap(({ line }) => /^docker (?:build|create|export|rmi?)\b/.exec(line)?.[0] ?? []);

const ubuntu = { when: 'apt-get', prints: 'noble http://127.0.0.1:9/ubuntu' };

test("where apt knows no Debian archive, Docker makes the pods' system, once, and keeps nothing of it", async () => {
  await stubs.behave(ubuntu);
  expect(await prepare()).toEqual([
    "Make the pods' system in Docker, from debian:trixie-slim ...",
    expect.stringMatching(/^Make the pods' system in Docker, from debian:trixie-slim: \d/),
  ]);
  const dir = artifactDir(podSystemArtifact);
  expect(await readFile(join(dir, 'layer.tar'), 'utf8')).toBe('a layer');
  expect(await readFile(join(dir, 'Containerfile'), 'utf8')).toMatch(
    /^FROM debian:trixie-slim\nRUN .*install -y --no-install-recommends base-files .* nfs-ganesha nfs-ganesha-vfs /s,
  );
  const all = ['docker build', 'docker create', 'docker export', 'docker rm', 'docker rmi'];
  expect(dockerCalls()).toEqual(all);
  expect(await prepare()).toEqual([]);
  expect(dockerCalls()).toEqual(all);
});

test('what Docker made goes also when it fails', async () => {
  await stubs.behave({ when: 'docker create', printsError: 'no such image', exitCode: 1 });
  const apt = '#!/bin/sh\necho noble http://127.0.0.1:9/ubuntu\n';
  await writeFile(join(stubs.folder, 'bin/apt-get'), apt, { mode: 0o755 });
  await expect(prepare()).rejects.toThrow(
    "docker create failed for the pods' system (no such image): see that Docker has or can pull debian:trixie-slim, and Debian's packages",
  );
  expect(dockerCalls()).toEqual(['docker build', 'docker create', 'docker rm', 'docker rmi']);
});

test.each([
  ['knows one', undefined],
  ['is given one', 'http://127.0.0.1:9/debian'],
])('where apt %s, Docker is not asked', async (_, mirror) => {
  await stubs.behave(mirror ? ubuntu : { when: 'apt-get', prints: 'trixie http://127.0.0.1:9/debian' });
  vi.stubEnv('CORRAL_DEBIAN_MIRROR', mirror);
  expect(await prepare()).toEqual([]);
  expect(dockerCalls()).toEqual([]);
});

test('what is no mirror is reported, and not gone round by Docker', async () => {
  vi.stubEnv('CORRAL_DEBIAN_MIRROR', '/media/debian');
  await expect(prepare()).rejects.toThrow('CORRAL_DEBIAN_MIRROR names no mirror of Debian: ');
  expect(dockerCalls()).toEqual([]);
});
