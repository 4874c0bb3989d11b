import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { fetchKernel, kernelArtifact } from '../../lab/build/kernel.ts';
import { artifactDir, type CachedArtifact } from '../../lab/cache/cache.ts';
import { NotInArchive } from '../../lab/debian/apt.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

beforeEach(async () => void vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder()));

/** A kernel of a version, or one that cannot be had. */
const candidate = (version: string, error?: Error): CachedArtifact => ({
  name: 'kernel',
  inputs: version,
  build: async (dir) => {
    if (error) throw error;
    await mkdir(join(dir, 'modules', version), { recursive: true });
  },
});

const gone = new NotInArchive({ code: 'suite-missing', what: 'no such suite' });

test('the newest kernel that can be had is taken, and stays', async () => {
  const [newest, older, oldest] = [candidate('7.2.7', gone), candidate('6.12.101'), candidate('6.1.176')];
  const all = [newest, older, oldest] as CachedArtifact[];
  expect(await kernelArtifact(all), 'before anybody has asked for it').toBe(newest);
  expect(await fetchKernel(all)).toBe(artifactDir(older));
  expect(await kernelArtifact(all)).toBe(older);
  expect(await fetchKernel([candidate('7.2.7'), older, oldest]), 'without asking again').toBe(
    artifactDir(older),
  );
});

test('where none can be had, it says so; a network that is down is no reason for an older one', async () => {
  await expect(fetchKernel([candidate('7.2.7', gone), candidate('6.12.101', gone)])).rejects.toBe(gone);
  const down = new PreconditionError({ code: 'apt-unreachable', what: 'Debian packages cannot be fetched' });
  await expect(fetchKernel([candidate('7.2.7', down), candidate('6.12.101')])).rejects.toBe(down);
});
