import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { mutants } from '../../../emulator/mutants.ts';

const script = fileURLToPath(new URL('../../../scripts/mutants.ts', import.meta.url));
const command = (...args: string[]) => execa(process.execPath, [script, ...args], { reject: false });

test.for<[string, string[], string]>([
  ['an unknown mutant', ['--only', 'no-bug'], `--only no-bug: there is no such mutant; there are: ${Object.keys(mutants).join(', ')}`],
  ['an unknown flag', ['--all'], "unknown option '--all': see npm run mutants -- --help"],
  [
    'a word too many',
    ['never-retried'],
    'too many arguments. Expected 0 arguments but got 1: never-retried: see npm run mutants -- --help',
  ],
])('%s is told in one line, and nothing is started', async ([, args, message]) => {
  expect(await command(...args)).toMatchObject({ stdout: '', stderr: `mutants: ${message}`, exitCode: 2 });
});

test('help', async () => {
  const { stdout, exitCode } = await command('--help');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('--only <mutant>  only this one; may be given several times');
});
