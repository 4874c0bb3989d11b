import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReport } from '../../e2e/report/file.ts';
import { ownedCommand } from '../../lab/build/owned-command.ts';
import { makeCheckout } from './support/checkout.ts';
import { read, taughtScenario } from './support/documents.ts';

// A reader's checkout, to which the document's scenario was added.
let folder: string;
let remove: () => Promise<void>;
const { path, text } = taughtScenario();
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

beforeAll(async () => {
  ({ folder, remove } = await makeCheckout());
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
});
afterAll(() => remove?.());

const npmRun = (name: string, ...args: string[]) => {
  const [program = '', ...words] = (scripts[name] ?? '').split(' ');
  return ownedCommand(program, [...words, ...args], {
    cwd: folder,
    preferLocal: true,
    localDir: folder,
    reject: false,
    all: true,
  });
};

test('the scenario that the reader adds has the form of the others', async () => {
  // With what it imports: all the rest of the checkout is judged by CI.
  const added = JSON.stringify({ extends: './tsconfig.json', include: [path] });
  await writeFile(join(folder, 'tsconfig.added.json'), added);
  const { all } = await npmRun('typecheck', '--project', 'tsconfig.added.json');
  expect(all.split('\n').filter((line) => line.startsWith(path))).toEqual([]);
});

// A whole lab with the emulator in it: half a minute where nothing is to be built, and the scenario as long
// again.
test('it runs, and passes', { timeout: 1_500_000 }, async () => {
  const ended = await npmRun('e2e', '--only', 'outlives its volume');
  expect(ended.exitCode, stripVTControlCharacters(ended.all)).toBe(0);
  const name = /scenario\('([^']+)'/.exec(text)?.[1];
  const report = await readReport(join(folder, '.corral/last'));
  expect(report?.scenarios).toMatchObject([{ file: path, state: 'passed', name }]);
  expect(report?.scenarios[0]?.steps.map(({ sentence }) => sentence)).toEqual(
    expect.arrayContaining([
      'When the volume is removed',
      'Then the first backup goes Deleting, and is gone',
    ]),
  );
});
