import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.ts';
import type { Observe } from './observe.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Loads a copy of e2e/kube and e2e/history that is broken in one place; throws where the code has no such
 * place any more.
 */
export const mutate = async ({
  file,
  change: [from, to],
}: Mutant): Promise<{ observe: Observe; remove(): Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'corral-mutant-'));
  for (const room of ['kube', 'history'])
    await cp(join(root, 'e2e', room), join(dir, room), { recursive: true });
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  const path = join(dir, file);
  const text = await readFile(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
  await writeFile(
    path,
    text.replace(from, () => to),
  );
  const parts = await Promise.all(
    ['kube/cluster.ts', 'history/watch.ts', 'history/expectation.ts'].map((name) => import(join(dir, name))),
  );
  return { observe: Object.assign({}, ...parts) as Observe, remove: () => rm(dir, { recursive: true }) };
};
