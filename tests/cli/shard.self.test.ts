import { expect, test } from 'vitest';
import { runCommandIn, runSuite, withSuite } from '../support/run-suite.ts';

const passes = (name: string) =>
  `scenario(${JSON.stringify(name)}, {}, async ({ does }) => does('Given a thing'));\n`;

// The same name in two files, names that are no regular expressions of themselves, and one that begins like
// another.
const suite = {
  'a.e2e.ts': passes('It waits') + passes('It waits (twice)') + passes('What? [a|b] + c'),
  'b.e2e.ts': passes('It waits') + passes('Another'),
};

test('shards play each scenario once, and their reports say which shard they are', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const played = [];
    for (const index of [1, 2]) {
      const ended = await runCommandIn(folder, config, { flags: ['--shard', `${index}/2`] });
      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ended.stdout).toMatch(
        new RegExp(`^${ended.report?.scenarios.length} scenarios? \\(shard ${index}/2\\), provider lab`),
      );
      played.push(ended.report);
    }
    expect(
      played.map((report) => report?.scenarios.map(({ file, name }) => `${file} ${name}`).toSorted()),
    ).toEqual([
      ['a.e2e.ts It waits', 'b.e2e.ts Another', 'b.e2e.ts It waits'],
      ['a.e2e.ts It waits (twice)', 'a.e2e.ts What? [a|b] + c'],
    ]);
    const { split } = played[0]?.shard ?? {};
    expect(split).toMatch(/^[0-9a-f]{12}$/);
    expect(played.map((report) => report?.shard)).toEqual([1, 2].map((index) => ({ index, of: 2, split })));
  });
});

test('a choice takes from a shard, and adds nothing to it', async () => {
  const ended = await runSuite(suite, { flags: ['--list', '--json', '--shard', '1/2', '--only', 'A'] });
  expect(ended.exitCode).toBe(0);
  expect(JSON.parse(ended.stdout).map(({ name }: { name: string }) => name)).toEqual(['Another']);
});

test('a shard that gets no scenario ends green, says so, and brings no cluster', async () => {
  const ended = await runSuite(suite, { how: 'dies', flags: ['--shard', '7/8'] });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatchInlineSnapshot(`
    "shard 7/8 gets no scenario of the chosen ones: nothing was played

    0 passed, 0 failed
    Judged: the emulator: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Page: out/report.html"
  `);
  expect(ended.report).toMatchObject({
    shard: { index: 7, of: 8 },
    end: { state: 'finished' },
    scenarios: [],
  });
});

test('a choice that chooses nothing is no empty shard', async () => {
  const ended = await runSuite(suite, { flags: ['--shard', '1/2', '--only', 'Nowhere'] });
  expect(ended).toMatchObject({ exitCode: 2, report: undefined });
});
