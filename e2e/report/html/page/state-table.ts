import type { Timeline } from '../data.ts';
import { kindName } from './chart/rows.ts';
import { element, headOf } from './element.ts';
import { tellAt, tellSpan } from './tell.ts';

// More rows say less, and a browser takes seconds to lay them out.
const mostRows = 600;

/** The picture as a table, for paper and for those who do not see it: each state of each object, with what it said. */
export const stateTable = ({ lanes }: Timeline): HTMLElement => {
  const rows = lanes
    .filter(({ kind }) => kind !== 'steps')
    .flatMap(({ kind, name, bars }) => bars.map((bar) => ({ who: `${kindName(kind)} ${name}`, bar })));
  const details = element('details', 'as-table', [element('summary', '', ['The timeline as a table'])]);
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const body = rows.slice(0, mostRows).map(({ who, bar }) =>
      element(
        'tr',
        bar.tone,
        [who, tellAt(bar.from), tellSpan(bar.to - bar.from), [bar.state, ...bar.texts].join(': ')].map((each) => element('td', '', [each])),
      ),
    );
    details.append(
      element('table', '', [headOf('Object', 'From', 'For', 'State'), element('tbody', '', body)]),
      rows.length > mostRows ? `${rows.length - mostRows} more states are in the picture only` : '',
    );
  });
  return details;
};
