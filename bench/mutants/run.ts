import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioFile } from '../../e2e/cli/traceability/scenario-files.ts';
import { readScenarioFiles, type Sentences, sentencesOfSteps } from '../../e2e/cli/traceability/trace.ts';
import { crashCellNamed } from '../../e2e/crash-matrix/cells.ts';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { type SoakRun, soakName, soakSeedOf } from '../../e2e/soak/actions.ts';
import { drivers, scenarioNameOn } from '../../e2e/store/drivers/index.ts';
import { fixes, isInjectedBug, type Mutant, mutants } from '../../emulator/mutants.ts';
import { expectedKills, scenariosOfFix, versionOfMutant } from './expected.ts';
import type { MutantLab } from './fixture.ts';
import {
  type JudgedScenario,
  judgeControl,
  judgeFixed,
  judgeMutant,
  judgeSoak,
  mayLeaveObjects,
  type ScenarioOutcome,
} from './judge.ts';
import { sentencePattern } from './patterns.ts';

type RunOptions = {
  chosen: readonly Mutant[];
  fixtures: readonly [MutantLab, ...MutantLab[]];
  out: string;
  print: (line: string) => void;
};

/**
 * Returns the sentence of a step by its name in scenarios (then.heldBack). A whole sentence is returned
 * unchanged. Throws for an unknown step.
 */
export const sentenceOf = ({ byId, always }: Sentences, by: string): string => {
  const sentence = always.has(by) ? by : byId.get(by);
  if (sentence === undefined)
    throw new Error(`the mutants' table names the step ${by}, which there is not: see e2e/suite/steps`);
  return sentence;
};

/**
 * Runs every chosen mutant, in parallel on all fixtures, and the emulator without a bug before and after
 * them. Prints each result as it arrives and writes all to mutants.json. Returns whether the expected
 * assertion killed every mutant, and every scenario passed without a bug.
 */
export const runMutants = async ({ chosen, fixtures, out, print }: RunOptions): Promise<boolean> => {
  const [steps, written] = [sentencesOfSteps(), readScenarioFiles()];
  const rows: Row[] = [];
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });

  const round = async (
    fixture: MutantLab,
    mutant: Mutant | undefined,
    version: string | undefined = mutant && versionOfMutant(mutant),
  ): Promise<boolean> => {
    const kills =
      mutant === undefined
        ? withoutBug(chosen.filter((each) => versionOfMutant(each) === version))
        : plannedOn(mutant);
    const names = kills.map(({ scenario }) => scenario);
    const cells = names.flatMap((name) => crashCellNamed(name) ?? []);
    const seeds = names.flatMap((name) => soakSeedOf(name) ?? []);
    const scenarios = names.filter(
      (name) => crashCellNamed(name) === undefined && soakSeedOf(name) === undefined,
    );
    const files = filesOf(scenarios, written);
    const folder = join(out, mutant ?? 'none');
    const reports = [
      files.length > 0 && (await fixture.run({ mutant, version, scenarios, files, out: folder })),
      cells.length > 0 && (await fixture.runCells({ mutant, cells, out: join(folder, 'cells') })),
    ];
    const soaks = new Map<string, SoakRun>();
    for (const seed of seeds) {
      const { report, reduced } = await fixture.runSoak({ mutant, seed, out: join(folder, `soak-${seed}`) });
      reports.push(report);
      if (reduced !== undefined) soaks.set(soakName(seed), reduced);
    }
    const all = reports.flatMap((report) => (report ? report.scenarios : []));
    const judged = kills.map(({ scenario, by }): Row => {
      const found = all.find(({ name }) => name === scenario);
      const judgedOn = (): JudgedScenario => {
        if (mutant === undefined || by === null) return judgeControl(found);
        if (!isInjectedBug(mutant)) return judgeFixed(found, by);
        const pattern = sentencePattern(sentenceOf(steps, by));
        return soakSeedOf(scenario) === undefined
          ? judgeMutant(found, pattern)
          : judgeSoak(found, pattern, soaks.get(scenario));
      };
      const about = { mutant: mutant ?? null, bug: mutant === undefined ? null : changes[mutant] };
      return { ...about, scenario, by, ...judgedOn(), duration: found?.duration ?? 0 };
    });
    rows.push(...judged);
    // Synchronous, because two rounds may end at the same time.
    writeFileSync(`${out}.json`, `${JSON.stringify({ rows }, null, 2)}\n`);
    print(table(judged));
    if (names.some((name) => mayLeaveObjects(all.find((each) => each.name === name)))) await fixture.renew();
    return judged.every(isExpectedOutcome);
  };

  const withNoBug = async (): Promise<boolean> => {
    for (const version of new Set(chosen.map(versionOfMutant)))
      if (!(await round(fixtures[0], undefined, version))) return false;
    return true;
  };
  const left = [...chosen];
  const runOn = async (fixture: MutantLab): Promise<void> => {
    try {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift())
        await round(fixture, mutant);
    } finally {
      // If one fixture is lost, the others start no further round.
      left.length = 0;
    }
  };

  // A scenario that fails without a bug proves nothing when it fails with one.
  if (await withNoBug()) {
    const ended = await Promise.allSettled(fixtures.map(runOn));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
    await withNoBug();
  }
  print(table(rows));
  return rows.every(isExpectedOutcome);
};

/** Whether a report calls a scenario by this name, on any kind of store. */
export const isScenarioNamed = ({ name }: { name: string }, printed: string): boolean =>
  drivers.some((driver) => scenarioNameOn(name, driver) === printed);

/** The files, relative to the project's root, that contain the scenarios with these names in a report. */
const filesOf = (names: readonly string[], written: ReadonlyMap<string, ScenarioFile>): string[] =>
  [...written].flatMap(([file, { scenarios }]) =>
    scenarios.some((scenario) => names.some((name) => isScenarioNamed(scenario, name)))
      ? [`e2e/scenarios/${file}.e2e.ts`]
      : [],
  );

const expectedOutcomes: readonly ScenarioOutcome[] = [
  'killed',
  'passed without a bug',
  'showed the known bug',
  'fixed here',
];
const isExpectedOutcome = ({ outcome }: Row): boolean => expectedOutcomes.includes(outcome);

const changes: Record<Mutant, string> = { ...mutants, ...fixes };

// For a fixed bug, `by` is the bug's name in the ledger.
const plannedOn = (mutant: Mutant): readonly { scenario: string; by: string }[] => {
  if (isInjectedBug(mutant)) return expectedKills[mutant];
  return scenariosOfFix[mutant].map((scenario) => ({ scenario, by: mutant.replace('fixed:', '') }));
};

const withoutBug = (chosen: readonly Mutant[]): { scenario: string; by: null }[] =>
  [...new Set(chosen.flatMap((mutant) => plannedOn(mutant).map(({ scenario }) => scenario)))].map(
    (scenario) => ({ scenario, by: null }),
  );

/**
 * One scenario on one mutant, as in mutants.json. `mutant` is null for the emulator without a bug. `duration`
 * is in ms.
 */
type Row = JudgedScenario & {
  mutant: string | null;
  bug: string | null;
  scenario: string;
  by: string | null;
  duration: number;
};

const cell = (text: string): string => text.replaceAll('|', '/');

const describeOutcome = ({ outcome, by, step, reason }: Row): string => {
  const where = [step, reason].filter((part) => part !== null).join(': ');
  if (outcome === 'killed') return where;
  if (expectedOutcomes.includes(outcome)) return outcome;
  return `**${outcome}**${by === null ? '' : ` (meant: ${by})`}${where === '' ? '' : `: ${where}`}`;
};

/** All rows as a Markdown table: mutant, scenario, and the assertion that noticed the mutant. */
const table = (rows: readonly Row[]): string =>
  [
    ['mutant', 'scenario', 'killed by', 'after'],
    ['---', '---', '---', '--:'],
    ...rows.map((row) => [
      row.mutant ?? '(none)',
      row.scenario,
      describeOutcome(row),
      formatDuration(row.duration),
    ]),
  ]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |\n`)
    .join('');
