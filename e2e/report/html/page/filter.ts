import type { PageScenario } from '../data.ts';
import { button, element } from './element.ts';
import { states } from './format.ts';

/** A scenario that the filter can hide, and the elements of the page that show it. */
export type Filtered = { scenario: PageScenario; shownBy: readonly HTMLElement[] };

const textOf = ({
  name,
  file,
  seed,
  tags,
  reason,
  steps,
  findings,
  failure,
  bugs = [],
}: PageScenario): string =>
  [
    name,
    file,
    seed,
    ...tags.map((tag) => `#${tag}`),
    reason,
    ...steps.map(({ sentence }) => sentence),
    ...findings.map(({ title }) => title),
    ...bugs.map(({ id }) => id),
    ...(failure?.messages ?? []).map(({ text, id }) => `${text} ${id}`),
  ]
    .join('\n')
    .toLowerCase();

/** Creates the filter of the page: by the state of a scenario, and by words in its texts. */
export const createFilter = (all: readonly Filtered[]): HTMLElement => {
  const texts = new Map(all.map(({ scenario }) => [scenario, textOf(scenario)]));
  const chosen = new Set<PageScenario['state']>();
  const shown = element('output', 'hint');
  const search = element('input');
  search.type = 'search';
  search.placeholder = 'Search';
  search.ariaLabel = 'Only scenarios with these words in name, steps, reason or tags';
  const apply = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = all.filter(
      ({ scenario }) =>
        (chosen.size === 0 || chosen.has(scenario.state)) &&
        words.every((word) => texts.get(scenario)?.includes(word)),
    );
    for (const each of all) for (const one of each.shownBy) one.hidden = !fitting.includes(each);
    shown.textContent = fitting.length === all.length ? '' : `${fitting.length} of ${all.length} scenarios`;
  };
  const choices = (Object.keys(states) as PageScenario['state'][]).flatMap((state) => {
    const count = all.filter(({ scenario }) => scenario.state === state).length;
    if (count === 0) return [];
    const { sign, word } = states[state];
    const choice = button(`${sign} ${count} ${word}`, `Only what is ${word}, and other states chosen`, () => {
      if (!chosen.delete(state)) chosen.add(state);
      choice.ariaPressed = String(chosen.has(state));
      apply();
    });
    choice.ariaPressed = 'false';
    return [choice];
  });
  search.addEventListener('input', apply);
  const root = element('div', 'filter chrome', [...choices, search, shown]);
  root.role = 'search';
  return root;
};
