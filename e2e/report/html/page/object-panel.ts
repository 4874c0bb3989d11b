import type { ReportTimeline } from '../data.ts';
import { describePointed, type Pointed } from './chart/point.ts';
import { kindName } from './chart/rows.ts';
import { element } from './element.ts';
import { formatAt, formatClock } from './format.ts';
import { objectAt } from './object-at.ts';

/** The panel that shows an object at a moment. A chosen object remains until the reader chooses another one or none. */
type ObjectPanel = { root: HTMLElement; show(pointed: Pointed | undefined, chosen: boolean): void };

const hint = (): Node[] => [
  element('p', 'hint', [
    'Point at a state to see the object as it was then and what had changed. Click, or use the arrow keys, to pin it.',
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
  const [, ...details] = describePointed(pointed);
  const said = details.map((line) => element('p', 'said', [line]));
  if (then === undefined) return said;
  const lines = toYaml(
    then.object,
    then.changes.map(({ path }) => path),
  );
  const text = lines.flatMap(({ text, changed }) => [changed ? element('mark', '', [text]) : text, '\n']);
  const heading = { ADDED: 'First seen', MODIFIED: 'Changed', DELETED: 'Gone; the last state' }[then.type];
  return [
    ...said,
    element('h5', '', [
      `${heading} at ${formatAt(then.at, 3)}${then.changes.length === 0 ? '' : ': what changed since the state before'}`,
    ]),
    ...(then.changes.length === 0 ? [] : [changesOf(then.changes)]),
    element('h5', '', ['The whole object']),
    element('pre', 'yaml', text),
  ];
};

export const createObjectPanel = ({ startedAt }: ReportTimeline): ObjectPanel => {
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
        element('small', '', [
          `${formatAt(at, 3)} ${formatClock(startedAt, at)}${kept ? ' · pinned, Escape unpins it' : ''}`,
        ]),
      );
      body.replaceChildren(...bodyOf(pointed));
      body.scrollTop = 0;
    },
  };
};

/** A line of an object as YAML. `changed`: the last event changed the value in this line. */
type YamlLine = { text: string; changed: boolean };

type Path = readonly (string | number)[];

const isPlain = /^[A-Za-z_/.][\w./@+-]*$/;
const isWord = /^(true|false|null|yes|no|on|off|~)$/i;

const scalar = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  return isPlain.test(value) && !isWord.test(value) ? value : JSON.stringify(value);
};

const isEmpty = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** Formats an object as YAML. Values at or below a path of `changed` are marked. */
const toYaml = (value: unknown, changed: readonly Path[] = []): YamlLine[] => {
  const isChanged = (path: Path) =>
    changed.some((each) => each.length <= path.length && each.every((key, index) => key === path[index]));
  const write = (inner: unknown, path: Path, indent: string, lead: string): YamlLine[] => {
    const isMarked = isChanged(path);
    if (isEmpty(inner))
      return [
        {
          text: `${lead}${typeof inner === 'object' ? JSON.stringify(inner) : scalar(inner)}`,
          changed: isMarked,
        },
      ];
    if (Array.isArray(inner)) {
      const items = inner.flatMap((each, index) => {
        const [first, ...rest] = write(each, [...path, index], `${indent}  `, '');
        return first === undefined
          ? []
          : [{ text: `${indent}- ${first.text.trimStart()}`, changed: first.changed }, ...rest];
      });
      return lead === '' ? items : [{ text: lead.trimEnd(), changed: isMarked }, ...items];
    }
    const fields = Object.entries(inner as object).flatMap(([key, each]) => {
      const deeper = Array.isArray(each) ? indent : `${indent}  `;
      return write(each, [...path, key], deeper, `${indent}${scalar(key)}: `);
    });
    return lead === '' ? fields : [{ text: lead.trimEnd(), changed: isMarked }, ...fields];
  };
  return write(value, [], '', '');
};
