import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDocsCommand } from '../../e2e/cli/docs.ts';
import { runInProcess } from '../support/run-in-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-docs-'));
  await mkdir(join(folder, 'docs'));
});
afterEach(() => rm(folder, { recursive: true }));

const docs = (...args: string[]) => runInProcess(() => runDocsCommand(args), folder);
const stale = 'a\n<!-- npm run docs: disruptions -->\nold\n<!-- end -->\nb\n';
const page = () => join(folder, 'docs/page.md');

test('what comes from the code is written, once', async () => {
  await writeFile(page(), stale);
  expect(await docs()).toMatchObject({ exitCode: 0, stderr: '', stdout: 'docs/page.md: written' });
  const written = await readFile(page(), 'utf8');
  expect(written).toMatch(
    /^a\n.*\n\n\| name \| what a scenario does then \|\n[\s\S]*\| `manager-kill` \|[\s\S]*\nb\n$/,
  );
  expect(await docs()).toMatchObject({ exitCode: 0, stderr: '', stdout: '' });
  expect(await docs('--check')).toMatchObject({ exitCode: 0, stderr: '', stdout: '' });
});

test('--check only looks', async () => {
  await writeFile(page(), stale);
  expect(await docs('--check')).toMatchObject({
    exitCode: 1,
    stderr: '',
    stdout: 'docs/page.md: is not as the code has it: npm run docs writes it',
  });
  expect(await readFile(page(), 'utf8')).toBe(stale);
});

test.each([
  [['--frob'], "docs: unknown option '--frob': see npm run docs -- --help"],
  [
    ['page.md'],
    'docs: too many arguments. Expected 0 arguments but got 1: page.md: see npm run docs -- --help',
  ],
])('%j is no way to call it', async (args, stderr) => {
  expect(await docs(...args)).toMatchObject({ exitCode: 2, stdout: '', stderr });
});
