import { formatDuration } from '../../../kube/duration.ts';
import { gatherRounds, type ScenarioRounds } from '../../rounds.ts';
import type { PageRun, PageScenario } from '../data.ts';
import { element, headOf } from './element.ts';
import { states } from './tell.ts';

const markOf = ({ key, state, round, duration }: PageScenario): HTMLElement => {
  const { sign, word } = states[state];
  const mark = element('a', state, [sign]);
  mark.href = `#${key}`;
  mark.title = `Round ${round}: ${word}${state === 'skipped' ? '' : `, ${formatDuration(duration)}`}`;
  mark.ariaLabel = mark.title;
  return mark;
};

const rowOf = ({ played, cells }: ScenarioRounds<PageScenario>): HTMLElement =>
  element('tr', '', [
    element('td', 'name', [cells.scenario]),
    element('td', 'marks', played.map(markOf)),
    ...[cells.passed, cells.failed, cells.skipped, cells.min, cells.median, cells.max].map((each) => element('td', 'number', [each])),
  ]);

/** The table of a run with several rounds, or false: a scenario a line, a mark a round that leads to it, and how long it took, waiting in line included. */
export const roundsOf = ({ scenarios }: PageRun): HTMLElement | false => {
  const count = new Set(scenarios.map(({ round }) => round)).size;
  if (count < 2) return false;
  const head = headOf('Scenario', `${count} rounds`, 'Passed', 'Failed', 'Skipped', 'Min', 'Median', 'Max');
  return element('table', 'rounds', [head, element('tbody', '', gatherRounds(scenarios).map(rowOf))]);
};
