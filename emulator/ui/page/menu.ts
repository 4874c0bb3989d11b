import type { MenuEntry } from './cell.ts';
import { makeButton, makeElement } from './element.ts';

let close = (): void => undefined;
let openedBy: HTMLElement | undefined;

const open = (trigger: HTMLElement, items: MenuEntry[], onSelect: (key: string) => void): void => {
  const { left, bottom } = trigger.getBoundingClientRect();
  const list = makeElement(
    'ul',
    'ant-dropdown-menu',
    items.map(({ key, name, disabled }) => {
      const item = makeElement(
        'li',
        `ant-dropdown-menu-item${disabled ? ' ant-dropdown-menu-item-disabled' : ''}`,
        [makeElement('div', '', [name])],
      );
      item.role = 'menuitem';
      item.ariaDisabled = String(disabled);
      item.addEventListener('click', () => {
        if (disabled) return;
        close();
        onSelect(key);
      });
      return item;
    }),
  );
  list.role = 'menu';
  const dropdown = makeElement('div', 'ant-dropdown', [list]);
  dropdown.style.right = `${document.documentElement.clientWidth - left - 40}px`;
  dropdown.style.top = `${bottom}px`;
  document.body.append(dropdown);
  const onOutsideClick = ({ target }: Event): void => {
    if (!dropdown.contains(target as Node) && !trigger.contains(target as Node)) close();
  };
  close = () => {
    dropdown.remove();
    document.removeEventListener('pointerdown', onOutsideClick);
    openedBy = undefined;
  };
  openedBy = trigger;
  document.addEventListener('pointerdown', onOutsideClick);
};

/** The button of a row that opens and closes its menu. `items` is called when the menu opens. */
export const menuButton = (items: () => MenuEntry[], onSelect: (key: string) => void): HTMLButtonElement => {
  const trigger = makeButton('ant-btn ant-dropdown-trigger', '☰', () => {
    const isOpen = openedBy === trigger;
    close();
    if (!isOpen) open(trigger, items(), onSelect);
  });
  return trigger;
};
