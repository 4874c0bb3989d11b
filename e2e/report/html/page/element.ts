type Child = Node | string | null | undefined | false;

/**
 * Makes an element with classes and what is in it; texts are never read as HTML, and what is not there is
 * left out.
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

/** Makes the head of a table: a line with what each column is called. */
export const headOf = (...columns: string[]): HTMLElement =>
  element('thead', '', [
    element(
      'tr',
      '',
      columns.map((column) => element('th', '', [column])),
    ),
  ]);

/** Makes a button that says what it does. */
export const button = (
  text: string,
  title: string,
  onClick: () => void,
  className = '',
): HTMLButtonElement => {
  const made = element('button', className, [text]);
  made.type = 'button';
  made.title = title;
  if (text.length < 3) made.ariaLabel = title;
  made.addEventListener('click', onClick);
  return made;
};

/** Makes an element of a drawing. */
export const drawn = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
  children: readonly (Node | string)[] = [],
): SVGElementTagNameMap[Tag] => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
};

/** A link to elsewhere, where the address is one of the web; anything else stays a text. */
export const link = (address: string, text: string): HTMLElement => {
  if (!/^https?:\/\//i.test(address)) return element('span', '', [text]);
  const made = element('a', '', [text]);
  made.href = address;
  made.rel = 'noreferrer noopener';
  return made;
};
