import { makeElement } from './element.ts';

/** A list of options in a form. With `several`, more than one can be chosen, and the list stays open. */
export type SelectField = { options: () => Promise<string[]> | string[]; several?: boolean };

/** Shows the options below an element, until the pointer is pressed elsewhere. */
const open = (box: HTMLElement, options: string[], onChoose: (option: string) => boolean): void => {
  const list = makeElement(
    'ul',
    'ant-select-dropdown-menu',
    options.map((option) => {
      const item = makeElement('li', 'ant-select-dropdown-menu-item', [option]);
      item.role = 'option';
      item.addEventListener('click', () => {
        if (!onChoose(option)) close();
      });
      return item;
    }),
  );
  list.role = 'listbox';
  const dropdown = makeElement('div', 'ant-select-dropdown', [list]);
  const { left, bottom, width } = box.getBoundingClientRect();
  Object.assign(dropdown.style, { left: `${left}px`, top: `${bottom}px`, width: `${width}px` });
  const onOutsidePress = ({ target }: Event): void => {
    if (!dropdown.contains(target as Node)) close();
  };
  const close = (): void => {
    dropdown.remove();
    document.removeEventListener('pointerdown', onOutsidePress);
  };
  document.body.append(dropdown);
  document.addEventListener('pointerdown', onOutsidePress);
};

/** Creates a list of options, with the roles and classes of the library of Longhorn's UI. `chosen` changes with it. */
export const selectBox = (
  { options, several = false }: SelectField,
  chosen: string[],
): { root: HTMLElement; chosen: string[] } => {
  const box = makeElement('div', 'ant-select-selection', [chosen.join(', ')]);
  box.role = 'combobox';
  box.tabIndex = 0;
  box.addEventListener('click', async () =>
    open(box, await options(), (option) => {
      chosen.splice(0, several ? 0 : chosen.length, option);
      box.textContent = chosen.join(', ');
      return several;
    }),
  );
  return { root: makeElement('div', 'ant-select', [box]), chosen };
};
