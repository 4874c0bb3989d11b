import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from '../../emulator/mutants.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => readFileSync(folder + path, 'utf8'))
  .join('\n');

test.each(Object.keys(mutants))('the bug %s is shown by a test', (name) => {
  expect(tests.includes(`'${name}'`)).toBe(true);
});
