import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runDocsCommand } from '../../e2e/cli/docs.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('what comes from the code is written, once; --check only looks', async () => {
  const folder = await temporaryFolder();
  const page = join(folder, 'docs/page.md');
  const docs = (...args: string[]) => runInProcess(() => runDocsCommand(args, folder));
  const stale = 'a\n<!-- npm run docs: disruptions -->\nold\n<!-- end -->\nb\n';
  await mkdir(join(folder, 'docs'));
  await writeFile(page, stale);
  const problem = 'docs/page.md: is not as the code has it: npm run docs writes it';
  expect(await docs('--check')).toEqual({ exitCode: 1, stderr: '', stdout: problem });
  expect(await readFile(page, 'utf8')).toBe(stale);
  expect(await docs()).toEqual({ exitCode: 0, stderr: '', stdout: 'docs/page.md: written' });
  expect(await readFile(page, 'utf8')).toMatch(
    /^a\n.*\n\n\| name \| [\s\S]*\| `manager-kill` \|[\s\S]*\nb\n$/,
  );
  for (const flags of [[], ['--check']])
    expect(await docs(...flags)).toEqual({ exitCode: 0, stderr: '', stdout: '' });
});
