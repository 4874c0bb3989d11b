import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { checkRequirements, freeMemory, requireFitMachine } from '../../lab/fitness.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const dir = folderOfEachTest();

test('of several things that are missing, the first is named, and who names all', async () => {
  for (const tool of ['apt-get', 'dpkg-deb', 'unshare', 'taskset', 'mount', 'true'])
    await symlink((await execa('which', [tool])).stdout, dir(tool));
  vi.stubEnv('PATH', dir());
  await expect(requireFitMachine({ nodes: 1, memory: '1M', toBuild: 0, cache: dir() })).rejects.toThrow(
    'tar is missing: run apt-get install tar as root (and 1 more: npx corral doctor names them all)',
  );
});

test('more memory than there is free is not promised', async () => {
  await expect(requireFitMachine({ nodes: 8, memory: '2000G', toBuild: 0, cache: dir() })).rejects.toThrow(
    /^only [\d.]+ GiB of memory are free here, a lab with --nodes 8 --memory 2000G takes about 16001\.0: end other programs, or ask for less$/,
  );
});

test('what is still to be built is added to the disk that a lab takes', async () => {
  const found = await checkRequirements({ nodes: 1, memory: '1M', toBuild: 2 ** 30, cache: dir() });
  expect(found.at(-1)).toMatchObject({
    failure: { what: expect.stringMatching(/, the parts to build and a lab take up to 1073741828$/) },
  });
});

describe('memory', () => {
  const GIB = 2 ** 30;

  /** Writes the files of control groups, as /sys/fs/cgroup has them. */
  const groups = async (files: Record<string, string>): Promise<void> => {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dir(file, '..'), { recursive: true });
      await writeFile(dir(file), content);
    }
  };

  const machine = () => Math.round(freemem() / GIB);

  test('without a limit it is what the machine has', async () => {
    await groups({ 'a/memory.max': 'max\n', 'a/memory.current': `${3 * GIB}\n` });
    expect(Math.round(freeMemory(dir(), '0::/a\n') / GIB)).toBe(machine());
  });

  test('in version 2 the narrowest of the groups above counts, less what is used and cannot be given up', async () => {
    await groups({
      'a/memory.max': `${GIB}\n`,
      'a/memory.current': `${GIB / 2}\n`,
      'a/memory.stat': `anon 1\ninactive_file ${GIB / 4}\n`,
      'a/b/memory.max': `${100 * GIB}\n`,
      'a/b/memory.current': '0\n',
    });
    expect(freeMemory(dir(), '0::/a/b\n')).toBe(0.75 * GIB);
  });

  test('in version 1 the tree of the memory controller counts', async () => {
    await groups({
      'memory/a/memory.limit_in_bytes': `${GIB}\n`,
      'memory/a/memory.usage_in_bytes': `${GIB / 2}\n`,
      'memory/a/memory.stat': `inactive_file 1\ntotal_inactive_file ${GIB / 4}\n`,
    });
    expect(freeMemory(dir(), '4:cpu,memory:/a\n0::/elsewhere\n')).toBe(0.75 * GIB);
  });

  test('in a container, whose group is the root that it sees, that one counts', async () => {
    await groups({ 'memory.max': `${GIB}\n`, 'memory.current': '0\n' });
    expect(freeMemory(dir(), '0::/\n')).toBe(GIB);
    expect(freeMemory(dir(), '0::/docker/of/the/host\n')).toBe(GIB);
  });
});
