import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureCached } from '../../lab/cache/cache.ts';

// Gets the artifact `thing` with these inputs from the cache, and prints its folder. A build writes its process id to a
// file, and takes this number of milliseconds.
const [inputs, builders, milliseconds] = process.argv.slice(2) as [string, string, string];

const build = async (dir: string): Promise<void> => {
  await appendFile(builders, `${process.pid}\n`);
  await delay(Number(milliseconds));
  await writeFile(join(dir, 'file'), inputs);
};

process.stdout.write(await ensureCached({ name: 'thing', inputs, build }));
