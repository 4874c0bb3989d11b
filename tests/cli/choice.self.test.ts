import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { runCommandIn, runSuite, suiteOf, withSuite } from '../support/run-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// One of a document on both kinds of stores, another whose name only continues it, and others of none.
const suite = suiteOf('choice');

const others = [
  'Not chosen: 4 more scenarios',
  '  2  held: a fault holds the operation at the moment that matters',
  "  2  ui: Longhorn's user interface, in a browser",
  '--all chooses every scenario, --tags held one subject: npx corral e2e --all',
];

test('where nothing is said, the scenarios of the seed documents are run, once each; the end says what else there is', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const run = (...flags: string[]) => runCommandIn(folder, config, { all: false, flags });
    const ended = await run();
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^2 scenarios of the seed documents, provider lab/);
    expect(ended.report?.scenarios.map(({ name }) => name).toSorted()).toEqual(['It ends', 'It waits']);
    const lines = ended.stdout.split('\n');
    const from = lines.indexOf('Taking the cluster down: <time>') + 1;
    expect(lines.slice(from, from + 4)).toEqual(others);
  });
});

test('--list chooses the same, and says what else there is', async () => {
  const { stdout } = await runSuite(suite, { how: 'dies', all: false, flags: ['--list'] });
  expect(stdout.split('\n').slice(-7)).toEqual([
    '2 scenarios of the seed documents, provider lab, Longhorn: emulator; time not known yet',
    'all of them will run',
    ...others,
    'Nothing was started, and no cluster was looked at (--list).',
  ]);
});

test('--only takes a name as it is printed, or a pattern', async () => {
  const names = async (only: string) => {
    const flags = ['--list', '--output', 'json', '--store', 'all', '--only', only];
    const { stdout } = await runSuite(suite, { how: 'dies', flags });
    return JSON.parse(stdout).map(({ name }: { name: string }) => name);
  };
  expect(await names('It waits [s3]')).toEqual(['It waits [s3]']);
  expect(await names('It waits (twice)')).toEqual(['It waits (twice)']);
  expect(await names('It waits')).toEqual(['It waits']);
  expect(await names('^It w')).toEqual(
    expect.arrayContaining(['It waits', 'It waits [s3]', 'It waits (twice)']),
  );
});

test('paths are meant from where the command was called', async () => {
  const folder = await temporaryFolder();
  const args = ['run', '--silent', '--prefix', root, 'e2e', '--', '--last-failed', '--out', 'nowhere'];
  const ended = await execa('npm', args, { cwd: folder, reject: false });
  expect(ended.stderr).toContain('there is no nowhere/report.json of an earlier run');
  const listed = await execa(
    process.execPath,
    [join(root, 'scripts/corral.ts'), 'e2e', '--list', '--output', 'json'],
    {
      cwd: folder,
    },
  );
  expect(JSON.parse(listed.stdout)[0].file).toMatch(/^e2e\/scenarios\//);
});

test('flags that choose, choose among all of them, and nothing else is printed', async () => {
  const flags = ['--list', '--tags', 'held || ui'];
  const { stdout } = await runSuite(suite, { how: 'dies', all: false, flags });
  expect(stdout).toMatch(/^5 scenarios, provider lab/m);
  expect(stdout).not.toContain('Not chosen');
});

test('a shard has its part of them', async () => {
  const names = async (shard: string) => {
    const { report } = await runSuite(suite, { all: false, flags: ['--shard', shard] });
    return report?.scenarios.map(({ name }) => name);
  };
  expect([await names('1/2'), await names('2/2')]).toEqual([['It waits'], ['It ends']]);
});

test('where no scenario comes from a document, the line says how to choose', async () => {
  const ended = await runSuite({ 'c.e2e.ts': suite['c.e2e.ts'] ?? '' }, { how: 'dies', all: false });
  expect(ended).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr:
      'e2e: no scenario comes from a seed document (fixtures/seeds): choose all 1 by --all, or some by --only or --tags',
  });
});

test('in this project they are the eighteen of the three documents, three of them on the UI', () => {
  const args = ['scripts/corral.ts', 'e2e', '--list', '--output', 'json'];
  const listed: { seed: string | null; tags: string[] }[] = JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }),
  );
  expect(listed).toHaveLength(18);
  expect(listed.filter(({ tags }) => tags[0] === 'ui')).toHaveLength(3);
  const documents = globSync('fixtures/seeds/*.txt', { cwd: root }).map((path) => basename(path, '.txt'));
  expect([...new Set(listed.map(({ seed }) => seed?.split('#')[0]))].toSorted()).toEqual(
    documents.toSorted(),
  );
});
