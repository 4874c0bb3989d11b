import type { ReportFinding } from '../../schema.ts';

type Child = Node | string | null | undefined | false;

/**
 * Creates an HTML element with classes and children. Strings become text, never HTML. Missing children are left out.
 */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  children: readonly Child[] = [],
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(
    ...children.filter((child): child is Node | string => child instanceof Node || typeof child === 'string'),
  );
  return made;
};

/** Creates the head of a table from the names of its columns. */
export const tableHead = (...columns: string[]): HTMLElement =>
  element('thead', '', [
    element(
      'tr',
      '',
      columns.map((column) => element('th', '', [column])),
    ),
  ]);

/** Creates a button; `title` describes its effect. */
export const button = (text: string, title: string, onClick: () => void): HTMLButtonElement => {
  const made = element('button', '', [text]);
  made.type = 'button';
  made.title = title;
  if (text.length < 3) made.ariaLabel = title;
  made.addEventListener('click', onClick);
  return made;
};

/** Creates an SVG element. */
export const svgElement = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
  children: readonly (Node | string)[] = [],
): SVGElementTagNameMap[Tag] => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
};

/** Creates a link to an http or https address. Any other address becomes plain text. */
const link = (address: string, text: string): HTMLElement => {
  if (!/^https?:\/\//i.test(address)) return element('span', '', [text]);
  const made = element('a', '', [text]);
  made.href = address;
  made.rel = 'noreferrer noopener';
  return made;
};

/** Creates the list of findings, each with its link. */
export const listFindings = (
  findings: readonly Pick<ReportFinding, 'title' | 'detail' | 'link'>[],
): HTMLElement =>
  element(
    'ul',
    '',
    findings.map(({ title, detail, link: address }) =>
      element('li', '', [
        element('strong', '', [title]),
        ` ${detail} `,
        address !== undefined && link(address, address),
      ]),
    ),
  );
