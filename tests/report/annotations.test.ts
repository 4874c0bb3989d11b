import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeAnnotations, lineOfScenario, toCommand } from '../../e2e/report/annotations.ts';
import { sampleReport as report, scenarioReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  ['::error:: a, line=7😀', '%3A%3Aerror%3A%3A a%2C line=7😀', '::error:: a, line=7😀'],
  ['100% %0A\ntwo\r\n', '100%25 %250A%0Atwo%0D%0A', '100%25 %250A%0Atwo%0D%0A'],
])("%j comes through GitHub's runner, which takes a command apart", (text, property, message) => {
  expect(toCommand({ level: 'error', title: text, message: text, file: text, line: 3 })).toBe(
    `::error file=${property},line=3,title=${property}::${message}`,
  );
});

test('an error for what failed, a warning for what is not provable, a notice for what was found', () => {
  const finding = { title: 'Odd', detail: 'so\nodd', link: 'https://longhorn.invalid/1' };
  const scenarios = [
    scenarioReport('A', { findings: [finding] }),
    scenarioReport('A2', { findings: [finding] }),
    scenarioReport('B', { state: 'failed', reason: 'expected: x\n  got: 50%' }),
    scenarioReport('C', { state: 'not-provable', reason: 'a gap' }),
    scenarioReport('D', { state: 'skipped', reason: 'no' }),
  ];
  expect(composeAnnotations(report(scenarios), () => 7)).toEqual([
    '::error file=one.e2e.ts,line=7,title=B::expected: x%0A  got: 50%25',
    '::warning file=one.e2e.ts,line=7,title=not provable%3A C::a gap',
    '::notice file=one.e2e.ts,line=7,title=finding%3A Odd::so%0Aodd%0Ahttps://longhorn.invalid/1',
  ]);
  // The emulator was taught it: nothing was found.
  const emulated = report(scenarios, { target: { name: 'emulator', version: 'v1.12.1-emulator' } });
  expect(composeAnnotations(emulated, () => 7).at(-1)).toMatch(/title=known difference%2C emulated%3A Odd::/);
});

test('what is wrong with the run itself', () => {
  const end = { state: 'set-up-failed', reason: 'no disk' } as const;
  expect(composeAnnotations(report([], { end, differences: ['a', 'b'] }))).toEqual([
    '::error title=The run did not finish::no disk',
    '::error title=The cluster is not as it was before the run::a%0Ab',
  ]);
});

test('GitHub shows ten of a level: the tenth names the rest', () => {
  const names = Array.from({ length: 12 }, (_, index) => `S${index + 1}`);
  const failed = names.map((name) => scenarioReport(name, { state: 'failed', reason: 'so' }));
  const commands = composeAnnotations(report(failed), () => undefined);
  expect(commands).toHaveLength(10);
  expect(commands.at(8)).toBe('::error file=one.e2e.ts,title=S9::so');
  expect(commands.at(9)).toBe('::error title=3 more::S10%0AS11%0AS12');
  expect(composeAnnotations(report(failed.slice(0, 10)), () => undefined).at(-1)).toContain('title=S10');
});

test('the line is where the name is written', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'a.e2e.ts');
  await writeFile(file, `// One\nscenario('One', {}, x);\nscenario("It isn't", {}, x);\n`);
  const lines = ['One', "It isn't", 'Two'].map((name) => lineOfScenario({ file, name }));
  expect(lines).toEqual([2, 3, undefined]);
  expect(lineOfScenario({ file: join(folder, 'none'), name: 'One' })).toBeUndefined();
});
