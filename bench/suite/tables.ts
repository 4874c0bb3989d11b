import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';

/**
 * Wall-clock phases of a run in ms: from the start of the command to the scenarios, the scenarios, and from
 * there to the end.
 */
type Phases = { up: number; scenarios: number; down: number };

/** Goals of the suite, on the emulator's fast clock and a warm cache. */
const goals = { suiteShare: 0.02, decisionMs: 5, ratio: 1.3 };

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const toMarkdown = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');

const share = ({ account, duration }: ScenarioReport): string =>
  `${((account.suite / Math.max(1, duration)) * 100).toFixed(1)} %`;

const scenarioRow = (scenario: ScenarioReport): string[] => {
  const { name, state, duration, account, decisions } = scenario;
  return [
    state === 'passed' ? name : `${name} (${state})`,
    seconds(duration),
    seconds(account.cluster),
    seconds(account.locks),
    seconds(account.others),
    `${seconds(account.suite)} (${share(scenario)})`,
    decisions.count === 0
      ? 'none'
      : `${decisions.median.toFixed(1)} / ${decisions.max.toFixed(1)} of ${decisions.count}`,
  ];
};

const verdict = (ratio: number, whole: number, wholeSeconds: number): string => {
  const { ratio: most } = goals;
  return `${ratio.toFixed(2)} (goal: ${most}, and ${wholeSeconds} s in all: ${ratio <= most && whole <= wholeSeconds * 1000 ? 'met' : 'not met'})`;
};

const sum = (seconds: Record<string, number>): number =>
  Object.values(seconds).reduce((all, each) => all + each, 0);

/** A table of CPU time by component, the largest first. Empty if the report has no CPU times. */
const cpuTable = ({ cpu, scenarios }: Report): string[] => {
  if (cpu === undefined) return [];
  const runs = scenarios.filter(({ startedAt }) => startedAt !== null).length;
  const row = (component: string, setUp: number, inScenarios: number): string[] => [
    component,
    setUp.toFixed(1),
    inScenarios.toFixed(1),
    (inScenarios / Math.max(1, runs)).toFixed(2),
  ];
  const components = [...new Set([...Object.keys(cpu.scenarios), ...Object.keys(cpu.setUp)])];
  return [
    toMarkdown([
      ['CPU time, s', 'cluster up', `${runs} scenario runs`, 'a scenario run'],
      ['---', '--:', '--:', '--:'],
      ...components.map((component) =>
        row(component, cpu.setUp[component] ?? 0, cpu.scenarios[component] ?? 0),
      ),
      row('all', sum(cpu.setUp), sum(cpu.scenarios)),
    ]),
  ];
};

/**
 * Tables of where the time of a run went: by scenario, for the whole run, and CPU time by component. Times are in
 * seconds, delays in ms. `goal` is the goal for the whole run, in seconds.
 */
export const suiteTables = (
  report: Report,
  { up, scenarios: inScenarios, down }: Phases,
  goal: number,
): string => {
  const { scenarios } = report;
  const longest = Math.max(...scenarios.map(({ duration }) => duration));
  const whole = up + inScenarios + down;
  return [
    toMarkdown([
      [
        'scenario',
        'took, s',
        'waiting for Longhorn and its cluster',
        'in line for a name',
        'others of its file at work',
        `the suite itself (goal: ${goals.suiteShare * 100} %)`,
        `from event to decision, median / max, ms (goal: ${goals.decisionMs})`,
      ],
      ['---', '--:', '--:', '--:', '--:', '--:', '--:'],
      ...scenarios.map(scenarioRow),
    ]),
    toMarkdown([
      ['the whole', 's'],
      ['---', '--:'],
      ['cluster up, Longhorn in it', seconds(up)],
      [`${scenarios.length} scenarios`, seconds(inScenarios)],
      ['cluster down', seconds(down)],
      ['all', seconds(whole)],
      ['the longest scenario', seconds(longest)],
      ['all / the longest scenario', verdict(whole / longest, whole, goal)],
    ]),
    ...cpuTable(report),
  ].join('\n');
};
