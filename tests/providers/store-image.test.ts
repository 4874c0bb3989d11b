import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { runStoreImageCommand } from '../../e2e/cli/store-image.ts';
import { podSystemArtifact } from '../../lab/images/core.ts';
import { packStoreImage } from '../../providers/pack-store-image.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = (argv: string[], pack = (file: string) => writeFile(file, 'image')) =>
  runInProcess(() => runStoreImageCommand(argv, { pack }));

test('the archive is written, and where it goes is reported', async () => {
  const out = join(await temporaryFolder(), 'store.tar');
  const ended = await run(['--out', out]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain(`skopeo copy oci-archive:${out} docker://`);
  expect(await readFile(out, 'utf8')).toBe('image');
});

test('a command that packing needs, and that is not there', async () => {
  vi.stubEnv('PATH', await temporaryFolder());
  const ended = await run(['--out', join(root, 'x')], (file) =>
    packStoreImage(file, { step: (_, work) => work(() => {}) }),
  );
  expect(ended).toMatchObject({
    exitCode: 3,
    stderr: 'store image: tar is missing: run apt-get install tar as root',
  });
});

test('the Containerfile has what the lab has in that image, of the same Debian', async () => {
  const text = await readFile(join(root, 'fixtures/nfs-backupstore/Containerfile'), 'utf8');
  const [, named = ''] = /--no-install-recommends \\\n(.*?)\\\n/s.exec(text) ?? [];
  const packages = named.trim().split(/\s+/);
  const { packages: labs } = podSystemArtifact.inputs as { packages: string[] };
  expect(packages.filter((name) => !labs.includes(name))).toEqual([]);
  // What its pods are asked for; the rest of the lab's is in every Debian.
  const wanted = [
    'nfs-ganesha',
    'nfs-ganesha-vfs',
    'e2fsprogs',
    'bash',
    'coreutils',
    'findutils',
    'procps',
    'samba',
  ];
  expect(packages).toEqual(expect.arrayContaining(wanted));
  expect(text).toMatch(/^FROM docker\.io\/library\/debian:trixie-slim$/m);
});
