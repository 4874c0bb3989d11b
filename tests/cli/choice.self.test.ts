import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandIn, runSuite, withSuite } from '../support/run-suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// One of a document on both kinds of stores, another whose name only continues it, and others of none.
const suite = {
  'a.e2e.ts': `
const does = async ({ does }) => does('Given a thing');
scenario('It waits', { seed: 'doc#one', everyStore: true, tags: ['held'] }, does);
scenario('It waits (twice)', { tags: ['held'] }, does);
scenario('It is told', { tags: ['ui', 'held'] }, does);
`,
  'b.e2e.ts': `scenario('It ends', { seed: 'doc#two' }, async ({ does }) => does('Given a thing'));`,
  'c.e2e.ts': `scenario('It fails', { tags: ['ui'] }, async () => { throw new Error('broken'); });`,
};

const others = [
  'Not chosen: 4 more scenarios',
  '  2  held: a fault holds the moment open that the scenario is about',
  "  2  ui: Longhorn's user interface, in a browser",
  '--all chooses every scenario, --tags held one subject: npx corral e2e --all',
];

test('where nothing is said, the scenarios of the seed documents are played, once each; the end says what else there is', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const play = (...flags: string[]) => runCommandIn(folder, config, { all: false, flags });
    const ended = await play();
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^2 scenarios of the seed documents, provider lab/);
    expect(ended.report?.scenarios.map(({ name }) => name).toSorted()).toEqual(['It ends', 'It waits']);
    const lines = ended.stdout.split('\n');
    const from = lines.indexOf('Taking the cluster down: <time>') + 1;
    expect(lines.slice(from, from + 4)).toEqual(others);
  });
});

test('--list and --dry-run choose the same, and say what else there is', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const say = async (...flags: string[]) =>
      (await runCommandIn(folder, config, { how: 'dies', all: false, flags })).stdout.split('\n');
    expect((await say('--list')).slice(-5)).toEqual([expect.stringMatching(/^2 scenarios, /), ...others]);
    expect(await say('--dry-run')).toEqual([
      '2 scenarios of the seed documents, provider lab, Longhorn: emulator',
      'all of them will be played',
      ...others,
      'Nothing was started, and no cluster was looked at (--dry-run).',
    ]);
  });
});

test('flags that choose, choose among all of them, and nothing else is told of', async () => {
  const flags = ['--dry-run', '--tags', 'held || ui'];
  const { stdout } = await runSuite(suite, { how: 'dies', all: false, flags });
  expect(stdout).toMatch(/^5 scenarios, provider lab/);
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
  const ended = await runSuite({ 'c.e2e.ts': suite['c.e2e.ts'] }, { how: 'dies', all: false });
  expect(ended).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr:
      'e2e: no scenario comes from a seed document (fixtures/seeds): choose all 1 by --all, or some by --only or --tags',
  });
});

test('in this project they are the eighteen of the three documents, three of them on the UI', () => {
  const args = ['scripts/corral.ts', 'e2e', '--list', '--json'];
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
