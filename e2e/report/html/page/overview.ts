import { formatDuration } from '../../../kube/duration.ts';
import { pluralize } from '../../../kube/text.ts';
import { describeFollowing, describeMachine } from '../../../machine/slowness.ts';
import { describeFindings, findingsOf, isEmulated, reportedCells, shownBugs } from '../../judged.ts';
import { ownTime } from '../../own-time.ts';
import { gatherRounds, type ScenarioRounds } from '../../rounds.ts';
import type { JudgedPromise } from '../../schema.ts';
import { describeSuspect } from '../../suspect.ts';
import type { PageRun, PageScenario } from '../data.ts';
import { element, listFindings, tableHead } from './element.ts';
import { formatDate, states } from './format.ts';
import { describeFlakiness, describeSlowdown, sparkline } from './past.ts';

const order: PageScenario['state'][] = ['failed', 'not-provable', 'known-bug', 'passed', 'skipped'];

/** The scenarios of a run in the order of the list: those that did not pass come first. */
export const sortScenarios = ({ scenarios }: PageRun): PageScenario[] =>
  scenarios.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));

/** Summarizes the result of a run in one sentence. */
export const headlineOf = ({ totals, scenarios, end }: PageRun): string => {
  const many = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  const parts = [
    ...many(totals.failed, 'failed'),
    ...many(totals.notProvable, 'not provable'),
    ...many(totals.knownBugs, totals.knownBugs === 1 ? 'known bug' : 'known bugs'),
    ...many(totals.passed, 'passed'),
    ...many(totals.skipped, 'skipped'),
  ];
  const summary =
    totals.passed > 0 && totals.passed === scenarios.length
      ? `All ${totals.passed} scenarios passed`
      : `Of ${scenarios.length} scenarios ${parts.join(', ') || 'none was run'}`;
  return end.state === 'finished' ? summary : `${summary}; the run did not finish`;
};

const fact = (name: string, value: string | null | undefined | false): HTMLElement[] =>
  value ? [element('div', '', [element('dt', '', [name]), element('dd', '', [value])])] : [];

const usualDuration = ({ past, duration }: PageRun): string => {
  const before = past
    .filter(({ end }) => end === 'finished')
    .map((each) => each.duration)
    .toSorted((one, other) => one - other);
  const middle = before[Math.floor(before.length / 2)];
  return `${formatDuration(duration)}${middle === undefined ? '' : ` (median of the last ${before.length}: ${formatDuration(middle)})`}`;
};

const factsOf = (run: PageRun): HTMLElement =>
  element('dl', 'facts', [
    ...fact('Judged', run.judged),
    ...fact('Run', `${run.run}, ${formatDate(run.startedAt)}`),
    ...fact('Provider', run.provider),
    ...fact(
      'Machine',
      run.machine && [describeMachine(run.machine), ...describeFollowing(run.machine)].join('. '),
    ),
    ...fact(
      'Kubernetes',
      run.kubernetes && `${run.kubernetes.version} (${run.kubernetes.context}, ${run.kubernetes.server})`,
    ),
    ...fact('Took', usualDuration(run)),
    ...fact('Shard', run.shard && `${run.shard.index} of ${run.shard.of}`),
    ...fact('Read from', run.source),
  ]);

// In ms. A shorter wait for a lock is only the round trip to the process that keeps the locks.
const leastLine = 1_000;

/** A note for a scenario that tests Longhorn's UI: on the emulator it used the emulator's page instead. */
export const emulatedPage = ({ tags }: PageScenario, target: string): string =>
  tags.includes('ui') && isEmulated({ name: target })
    ? "on the emulator's own page, in the place of Longhorn's UI"
    : '';

/** The row of a scenario in the table of its run. It links to the scenario's section. */
export const rowOf = (scenario: PageScenario, target: string): HTMLElement => {
  const { sign, word } = states[scenario.state];
  const name = element('a', '', [scenario.name, scenario.round > 1 && ` (round ${scenario.round})`]);
  name.href = `#${scenario.key}`;
  const notes = [
    scenario.state === 'skipped' && scenario.reason,
    ...shownBugs(scenario),
    scenario.hint && `points to ${describeSuspect(scenario.hint, target)}`,
    emulatedPage(scenario, target),
    describeFlakiness(scenario),
    scenario.account.locks >= leastLine &&
      `${formatDuration(scenario.account.locks)} waiting for locks, not counted`,
    scenario.findings.length > 0 &&
      pluralize(scenario.findings.length, isEmulated({ name: target }) ? 'known difference' : 'finding'),
  ];
  return element('tr', scenario.state, [
    element('td', '', [element('span', `state ${scenario.state}`, [`${sign} ${word}`])]),
    element('td', 'name', [name, element('div', 'note', [notes.filter((each) => each).join(' · ')])]),
    element('td', 'number', [scenario.state === 'skipped' ? '' : formatDuration(ownTime(scenario))]),
    element('td', 'number', [describeSlowdown(scenario)]),
    element('td', 'sparks', [
      scenario.state === 'skipped' && scenario.past.length === 0 ? '' : sparkline(scenario),
    ]),
  ]);
};

const findingsBox = (run: PageRun): HTMLElement | false => {
  const all = findingsOf(run);
  return (
    all.length > 0 &&
    element('details', 'findings', [
      element('summary', '', [describeFindings(all, run.target)]),
      listFindings(all),
    ])
  );
};

/** The cells of the store's matrix that were run, each with a link to its scenario. False if there are none. */
const cellsBox = ({ scenarios }: PageRun): HTMLElement | false => {
  const reported = reportedCells(scenarios);
  if (reported.length === 0) return false;
  const row = ({ cell, ended, scenario }: (typeof reported)[number]): HTMLElement => {
    const name = element('a', '', [scenario.name]);
    name.href = `#${scenario.key}`;
    const { sign } = states[scenario.state];
    return element('tr', scenario.state, [
      element('td', 'name', [cell]),
      element('td', '', [element('span', `state ${scenario.state}`, [`${sign} ${ended}`])]),
      element('td', 'name', [name]),
    ]);
  };
  return element('details', 'matrix', [
    element('summary', '', [`${pluralize(reported.length, 'cell')} of the store's matrix run`]),
    element('table', 'cells', [
      tableHead('Cell', 'Ended', 'Scenario'),
      element('tbody', '', reported.map(row)),
    ]),
  ]);
};

const ofPromise: Record<JudgedPromise['state'], { state: PageScenario['state']; word: string }> = {
  failed: { state: 'failed', word: 'its scenario failed' },
  'known-bug': { state: 'known-bug', word: 'broken by a known bug' },
  kept: { state: 'passed', word: 'kept' },
  'not-checked': { state: 'skipped', word: 'not checked' },
};

/** The promises of Longhorn's documents that the run judged, the worst result first. False if it judged none. */
const promisesBox = ({ promises, scenarios }: PageRun): HTMLElement | false => {
  if (promises === undefined) return false;
  const { judged, others } = promises;
  const row = ({ id, promise, severity, state: said, scenarios: names }: JudgedPromise): HTMLElement => {
    const { state, word } = ofPromise[said];
    const links = names.flatMap((name) => {
      const found = scenarios.find((each) => each.name === name);
      if (found === undefined) return [];
      const to = element('a', '', [name]);
      to.href = `#${found.key}`;
      return [element('div', '', [to])];
    });
    return element('tr', state, [
      element('td', '', [id]),
      element('td', 'name', [promise]),
      element('td', '', [String(severity)]),
      element('td', '', [element('span', `state ${state}`, [`${states[state].sign} ${word}`])]),
      element('td', 'name', links),
    ]);
  };
  const many = (said: JudgedPromise['state']): number => judged.filter(({ state }) => state === said).length;
  const counts = [
    `${many('kept')} kept`,
    `${many('known-bug')} broken by known bugs`,
    `${many('failed')} in scenarios that failed`,
    `${many('not-checked') + others} not checked`,
  ];
  return element('details', 'promises', [
    element('summary', '', [`Promises of Longhorn's documents: ${counts.join(', ')}`]),
    element('table', 'cells', [
      tableHead('Id', 'Promise', 'Severity', 'State', 'Scenario'),
      element('tbody', '', judged.map(row)),
    ]),
  ]);
};

/** The overview of a run: its result, what it judged, and the table of its scenarios. */
export const overviewOf = (run: PageRun, rows: readonly HTMLElement[]): HTMLElement => {
  const bad =
    run.totals.failed + run.totals.notProvable > 0 ||
    run.end.state !== 'finished' ||
    run.differences === null ||
    (run.differences?.length ?? 0) > 0;
  return element('section', `overview ${bad ? 'bad' : 'good'}`, [
    element('h2', '', [`${bad ? '✗' : run.totals.knownBugs > 0 ? '!' : '✓'} ${headlineOf(run)}`]),
    run.end.reason !== null && element('p', 'end', [`The run: ${run.end.state}, ${run.end.reason}`]),
    ...(run.differences === null
      ? [element('p', 'end', ['The cluster could not be compared with what it was before the run.'])]
      : []),
    ...(run.differences ?? []).map((each) => element('p', 'end', [`Not as before the run: ${each}`])),
    factsOf(run),
    promisesBox(run),
    findingsBox(run),
    cellsBox(run),
    roundsOf(run),
    element('table', 'scenarios', [
      tableHead('State', 'Scenario', 'Took', 'Usually', 'Last runs'),
      element('tbody', '', rows),
    ]),
    run.past.length > 0 &&
      element('p', 'hint', ['Last runs: a bar each, as high as it took, hollow where it did not pass.']),
  ]);
};

const linkOf = (scenario: PageScenario): HTMLElement => {
  const { key, state, round } = scenario;
  const { sign, word } = states[state];
  const anchor = element('a', state, [sign]);
  anchor.href = `#${key}`;
  anchor.title = `Round ${round}: ${word}${state === 'skipped' ? '' : `, ${formatDuration(ownTime(scenario))}`}`;
  anchor.ariaLabel = anchor.title;
  return anchor;
};

const rowOfRounds = ({ runs, cells }: ScenarioRounds<PageScenario>): HTMLElement =>
  element('tr', '', [
    element('td', 'name', [cells.scenario]),
    element('td', 'signs', runs.map(linkOf)),
    ...[cells.passed, cells.failed, cells.skipped, cells.min, cells.median, cells.max].map((each) =>
      element('td', 'number', [each]),
    ),
  ]);

/**
 * The table of a run with several rounds: one row per scenario, a linked sign per round, and the time without waits
 * for other scenarios. False for a single round.
 */
const roundsOf = ({ scenarios }: PageRun): HTMLElement | false => {
  const count = new Set(scenarios.map(({ round }) => round)).size;
  if (count < 2) return false;
  const head = tableHead(
    'Scenario',
    `${count} rounds`,
    'Passed',
    'Failed',
    'Skipped',
    'Min',
    'Median',
    'Max',
  );
  const words = Object.values(states).map(({ sign, word }) => `${sign} ${word}`);
  return element('div', '', [
    element('table', 'rounds', [head, element('tbody', '', gatherRounds(scenarios).map(rowOfRounds))]),
    element('p', 'hint', [`A mark a round: ${words.join(', ')}.`]),
  ]);
};
