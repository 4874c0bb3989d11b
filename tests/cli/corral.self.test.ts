import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const run = async (file: string, ...words: string[]) => {
  const cache = await temporaryFolder();
  const { exitCode, stdout, stderr } = await execa(file, words, {
    cwd: join(root, 'docs'),
    env: { PATH: process.env.PATH ?? '', HOME: cache, npm_config_cache: cache, npm_config_loglevel: 'error' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode, stdout, stderr };
};
// Without the second that npx takes.
const corral = (...words: string[]) => run(process.execPath, join(root, 'scripts/corral.ts'), ...words);

test('npx corral --help names every command that users of a checkout have, and examples', async () => {
  // As in a checkout after npm ci, and of no help from a registry.
  const { exitCode, stdout } = await run('npx', '--offline', 'corral', '--help');
  expect(exitCode).toBe(0);
  const [, of = ''] = stdout.split(/^Commands:$/m);
  const named = [...(of.split('Examples:')[0] ?? '').matchAll(/^ {2}([a-z0-9-]+) {2,}\S/gm)].map(
    ([, name]) => name,
  );
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  // What checks and measures this project itself is for who changes it.
  const ofThis = /^(mutants|docs|emulator:pack|ci:total|bench:.*)$/;
  const all = Object.keys(scripts).filter((name) => scripts[name] === `node scripts/${name}.ts`);
  expect(named.toSorted()).toEqual(all.filter((name) => !ofThis.test(name)).toSorted());
});

// That a command has its own flags and exit code, those of the documents show.
const wrong = { e3e: "unknown command 'e3e' (Did you mean e2e?)", '': 'name a command' };

test.each(Object.entries(wrong))('npx corral %s ends with one line', async (word, line) => {
  const stderr = `corral: ${line}: see npx corral --help`;
  expect(await corral(...(word ? [word] : []))).toEqual({ exitCode: 2, stdout: '', stderr });
});
