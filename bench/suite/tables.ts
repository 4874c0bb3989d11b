import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';

/**
 * How a run of the suite went by the clock, in ms: from the start of the command to that of the scenarios,
 * those, and from there to its end.
 */
type Phases = { up: number; scenarios: number; down: number };

/** What the suite is to keep to, on the emulator's fast clocks and a warm cache. */
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

/**
 * Where the time of a run went, in two tables: scenario by scenario, and the run as a whole. Times are in
 * seconds, delays in ms. `goal` is how many seconds the whole should take.
 */
export const suiteTables = (
  { scenarios }: Report,
  { up, scenarios: played, down }: Phases,
  goal: number,
): string => {
  const longest = Math.max(...scenarios.map(({ duration }) => duration));
  const whole = up + played + down;
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
      [`${scenarios.length} scenarios`, seconds(played)],
      ['cluster down', seconds(down)],
      ['all', seconds(whole)],
      ['the longest scenario', seconds(longest)],
      ['all / the longest scenario', verdict(whole / longest, whole, goal)],
    ]),
  ].join('\n');
};
