import { element } from './element.ts';

// Of the pages of Longhorn's UI, as far as they stand at the top.
const pages = { dashboard: 'Dashboard', node: 'Nodes', volume: 'Volumes', backup: 'Backups' };

/** The menu at the top, which is there on every page. */
export const navigation = (): HTMLElement => {
  const items = Object.entries(pages).map(([page, name]) => {
    const link = element('a', '', [name]);
    link.href = `#/${page}`;
    const item = element('li', 'ant-menu-item', [link]);
    item.role = 'menuitem';
    return item;
  });
  const menu = element('ul', 'ant-menu ant-menu-horizontal', items);
  menu.role = 'menu';
  return menu;
};
