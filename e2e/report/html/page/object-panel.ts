import type { Timeline } from '../data.ts';
import { type Pointed, tellPointed } from './chart/point.ts';
import { kindName } from './chart/rows.ts';
import { element } from './element.ts';
import { objectAt } from './object-at.ts';
import { tellAt, tellClock } from './tell.ts';
import { toYaml } from './yaml.ts';

/** The panel that shows an object as it was; what the reader has chosen stays until they choose another or nothing. */
export type ObjectPanel = { root: HTMLElement; show(pointed: Pointed | undefined, chosen: boolean): void };

const hint = (): Node[] => [
  element('p', 'hint', [
    'Point at a state to see the object as it was then and what had changed. Click, or use the arrow keys, to keep it here.',
  ]),
];

const changesOf = (changes: readonly { text: string }[]): Node =>
  element(
    'ul',
    'changes',
    changes.slice(0, 40).map(({ text }) => element('li', '', [text])),
  );

const bodyOf = (pointed: Pointed): Node[] => {
  const then = objectAt(pointed.lane, pointed.at);
  const [, ...told] = tellPointed(pointed);
  const said = told.map((line) => element('p', 'said', [line]));
  if (then === undefined) return said;
  const lines = toYaml(
    then.object,
    then.changes.map(({ path }) => path),
  );
  const text = lines.flatMap(({ text, changed }) => [changed ? element('mark', '', [text]) : text, '\n']);
  const heading = { ADDED: 'First seen', MODIFIED: 'Changed', DELETED: 'Gone; the last state' }[then.type];
  return [
    ...said,
    element('h5', '', [`${heading} at ${tellAt(then.at, 3)}${then.changes.length === 0 ? '' : ': what changed since the state before'}`]),
    ...(then.changes.length === 0 ? [] : [changesOf(then.changes)]),
    element('h5', '', ['The whole object']),
    element('pre', 'yaml', text),
  ];
};

/** Makes the panel. */
export const createObjectPanel = ({ startedAt }: Timeline): ObjectPanel => {
  const heading = element('h4', '', ['Object']);
  const body = element('div', 'body', hint());
  const root = element('section', 'object', [heading, body]);
  root.ariaLabel = 'The object as it was';
  root.tabIndex = 0;
  let kept = false;
  return {
    root,
    show: (pointed, chosen) => {
      if (kept && !chosen) return;
      kept = chosen && pointed !== undefined;
      root.classList.toggle('kept', kept);
      if (pointed === undefined) {
        heading.textContent = 'Object';
        body.replaceChildren(...hint());
        return;
      }
      const { lane, at } = pointed;
      heading.replaceChildren(
        `${kindName(lane.kind)} ${lane.name} `,
        element('small', '', [`${tellAt(at, 3)} ${tellClock(startedAt, at)}${kept ? ' · kept, Escape lets it go' : ''}`]),
      );
      body.replaceChildren(...bodyOf(pointed));
      body.scrollTop = 0;
    },
  };
};
