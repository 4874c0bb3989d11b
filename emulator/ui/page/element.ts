/** Creates an element with classes and children. Strings become text, never HTML. */
export const makeElement = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

/** Creates a button of a dialog or a table. */
export const makeButton = (className: string, text: string, onClick: () => void): HTMLButtonElement => {
  const made = makeElement('button', className, [makeElement('span', '', [text])]);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
};
