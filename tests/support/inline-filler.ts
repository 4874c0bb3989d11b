import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCommand } from '../../lab/build/command.ts';
import { ensureCached } from '../../lab/cache/cache.ts';

// Builds an artifact that does not fit on a small disk, in one of the ways in which builds write, and prints the error.
const timeout = 60_000;
const ways: Record<string, (dir: string) => Promise<unknown>> = {
  node: (dir) => writeFile(join(dir, 'big'), Buffer.alloc(200 * 2 ** 20, 1)),
  command: (folder) =>
    buildCommand('dd', ['if=/dev/zero', `of=${folder}/big`, 'bs=1M', 'count=200'], { folder, timeout }),
  // As apt does, and a kernel that has the full disk below its own.
  hangs: (folder) =>
    buildCommand('sh', ['-c', 'head -c 200M /dev/zero > big || sleep 1000'], {
      folder,
      cwd: folder,
      timeout,
    }),
};
const build = async (dir: string): Promise<void> => void (await ways[process.argv[2] as string]?.(dir));
await ensureCached({ name: 'thing', inputs: 'x', build }).catch(({ name, message }: Error) =>
  process.stdout.write(`${name}: ${message}`),
);
