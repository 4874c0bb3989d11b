import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Fixture } from '../../../bench/mutants/fixture.ts';
import { runMutants } from '../../../bench/mutants/run.ts';
import { nothingSpent, type Report, type ScenarioReport, type Step } from '../../../e2e/report/schema.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const file = 'e2e/scenarios/backup-deletion/normal.e2e.ts';
const step = (sentence: string, state: Step['state'] = 'passed'): Step => ({
  sentence,
  state,
  duration: 1,
  account: nothingSpent,
});
const heldBack =
  'Then the second backup is Pending and says that it waits for the first backup to be deleted';
const fine: Partial<ScenarioReport> = { state: 'passed', reason: null, steps: [step('Cleanup')] };
const noticed: Partial<ScenarioReport> = {
  state: 'failed',
  reason: 'it ran | on',
  steps: [step(heldBack, 'failed'), step('Cleanup')],
};
const dirty: Partial<ScenarioReport> = {
  ...noticed,
  steps: [step(heldBack, 'failed'), step('Cleanup', 'failed')],
};

/** A fixture whose scenarios end as they are told to, by the mutant; it tells what was done on it. */
const fixtureOf = (ends: Record<string, Partial<ScenarioReport>>) => {
  const done: string[] = [];
  const fixture: Fixture = {
    play: async ({ mutant = 'none', scenarios, files }) => {
      done.push(`${mutant}: ${scenarios.length} of ${files}`);
      return { scenarios: scenarios.map((name) => ({ name, duration: 1, ...ends[mutant] })) } as Report;
    },
    renew: async () => void done.push('new lab'),
    close: async () => {},
  };
  return { fixture, done };
};

const run = async (ends: Record<string, Partial<ScenarioReport>>) => {
  const { fixture, done } = fixtureOf(ends);
  const printed: string[] = [];
  const out = join(folder, 'mutants');
  const well = await runMutants({
    chosen: ['message-missing'],
    fixtures: [fixture],
    out,
    print: (line) => printed.push(line),
  });
  const { rows } = JSON.parse(await readFile(`${out}.json`, 'utf8')) as {
    rows: { mutant: string | null; fate: string }[];
  };
  return { well, done, rows: rows.map(({ mutant, fate }) => [mutant, fate]), table: printed.at(-1) };
};

test('a mutant that is noticed, between two runs without a bug', async () => {
  const { well, done, rows, table } = await run({ none: fine, 'message-missing': noticed });
  expect(well).toBe(true);
  expect(done).toEqual([`none: 1 of ${file}`, `message-missing: 1 of ${file}`, `none: 1 of ${file}`]);
  expect(rows).toEqual([
    [null, 'passed without a bug'],
    ['message-missing', 'killed'],
    [null, 'passed without a bug'],
  ]);
  expect(table).toBe(
    [
      '| mutant | scenario | killed by | after |',
      '| --- | --- | --- | --: |',
      '| (none) | A backup made during a deletion waits for it, then runs | passed without a bug | 1 ms |',
      `| message-missing | A backup made during a deletion waits for it, then runs | ${heldBack}: it ran / on | 1 ms |`,
      '| (none) | A backup made during a deletion waits for it, then runs | passed without a bug | 1 ms |',
      '',
    ].join('\n'),
  );
});

test('one that survives is said, with the step that should have noticed', async () => {
  const { well, table } = await run({ none: fine, 'message-missing': fine });
  expect(well).toBe(false);
  expect(table).toContain('| **SURVIVED** (meant: then.heldBack) |');
});

test('a scenario that fails without a bug ends all: what it says of a mutant would mean nothing', async () => {
  const { well, done } = await run({ none: noticed });
  expect(well).toBe(false);
  expect(done).toEqual([`none: 1 of ${file}`]);
});

test('several are played at once, each on a fixture of its own, and none without a bug beside them', async () => {
  const played: string[] = [];
  const both = Promise.withResolvers<void>();
  const fixtureOf = (name: string): Fixture => ({
    play: async ({ mutant = 'none', scenarios }) => {
      played.push(`${mutant} on ${name}`);
      if (played.length === 3) both.resolve();
      if (mutant !== 'none') await both.promise;
      return {
        scenarios: scenarios.map((each) => ({
          name: each,
          duration: 1,
          ...(mutant === 'none' ? fine : noticed),
        })),
      } as Report;
    },
    renew: async () => {},
    close: async () => {},
  });
  const out = join(folder, 'mutants');
  const chosen = ['message-missing', 'second-not-held'] as const;
  await runMutants({ chosen, fixtures: [fixtureOf('one'), fixtureOf('two')], out, print: () => {} });
  expect(played).toEqual(['none on one', 'message-missing on one', 'second-not-held on two', 'none on one']);
  const { rows } = JSON.parse(await readFile(`${out}.json`, 'utf8')) as { rows: { mutant: string | null }[] };
  expect(rows.map(({ mutant }) => mutant)).toEqual([
    null,
    null,
    'message-missing',
    'second-not-held',
    'second-not-held',
    null,
    null,
  ]);
});

test('a lab that is lost ends the run: the others end their rounds, and begin no other', async () => {
  const played: string[] = [];
  const fixture: Fixture = {
    play: async ({ mutant = 'none', scenarios }) => {
      played.push(mutant);
      if (mutant === 'message-missing') throw new Error('the lab was lost');
      return {
        scenarios: scenarios.map((name) => ({ name, duration: 1, ...(mutant === 'none' ? fine : noticed) })),
      } as Report;
    },
    renew: async () => {},
    close: async () => {},
  };
  const chosen = ['message-missing', 'second-not-held', 'never-retried'] as const;
  const running = runMutants({
    chosen,
    fixtures: [fixture, fixture],
    out: join(folder, 'mutants'),
    print: () => {},
  });
  await expect(running).rejects.toThrow('the lab was lost');
  expect(played).toEqual(['none', 'message-missing', 'second-not-held']);
});

test('a scenario that could not clean up costs the lab', async () => {
  const { well, done } = await run({ none: fine, 'message-missing': dirty });
  expect(well).toBe(true);
  expect(done).toEqual([
    `none: 1 of ${file}`,
    `message-missing: 1 of ${file}`,
    'new lab',
    `none: 1 of ${file}`,
  ]);
});
