import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { engineNamedBy } from '../../e2e/cli/store-matrix.ts';
import { realEngine } from '../../providers/matrix-engine.ts';
import { dockerSave, layerOf, tarOf } from '../support/image-archives.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import '../support/image-tools.ts';

test('an engine is named by its command, by an archive of its image, or by the name of that', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const named = [
    'longhorn',
    './bin/longhorn',
    '/a/b:c',
    'engine.tar.gz',
    'longhornio/longhorn-engine:v1.12.1',
    `localhost:5000/x@${digest}`,
  ];
  expect(named.map(engineNamedBy)).toEqual(['command', 'command', 'command', 'archive', 'image', 'image']);
});

test('the engine of an image is the one of its topmost layer; an image without one is no engine', async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const save = async (name: string, ...files: Record<string, string>[]): Promise<string> => {
    const image = { names: [`x/${name}:v1`], layers: await Promise.all(files.map(layerOf)) };
    await writeFile(join(folder, `${name}.tar`), await tarOf(dockerSave([image], 'new')));
    return join(folder, `${name}.tar`);
  };
  const longhorn = (says: string) => ({ 'usr/local/bin/longhorn': `#!/bin/sh\necho ${says}\n` });
  const { command } = await realEngine(
    await save('engine', longhorn('old'), longhorn('new'), { a: '' }),
    'archive',
  );
  expect((await execa(command[0] as string)).stdout).toBe('new');
  const other = await save('other', { 'usr/bin/longhorn': '' });
  await expect(realEngine(other, 'archive')).rejects.toThrow(
    `${other}: there is no usr/local/bin/longhorn in docker.io/x/other:v1`,
  );
});
