import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupTable } from '../../e2e/ui/backup-table.ts';
import { openContext } from '../../e2e/ui/browser.ts';
import { browserForTests } from '../support/browser.ts';

const chromium = await browserForTests();

/**
 * A row whose menu is open as long as it is pointed at, and is not moved by clicks: as in longhorn-ui up to
 * v1.10 (antd's Dropdown without a trigger).
 */
const pointedAt = `
<style>.ant-dropdown { position: fixed; top: 200px; left: 200px } button { position: fixed; top: 100px; left: 200px }</style>
<table id="backDetailTable"><tr data-row-key="backup-a"><td><button>menu</button></td></tr></table>
<div class="ant-dropdown" style="display: none"><ul role="menu">
  <li role="menuitem" aria-disabled="false">Delete</li><li role="menuitem" aria-disabled="true">Restore</li>
</ul></div>
<script>
  const menu = document.querySelector('.ant-dropdown');
  let leaving;
  for (const each of [menu, document.querySelector('button')]) {
    each.addEventListener('mouseenter', () => { clearTimeout(leaving); setTimeout(() => { menu.style.display = '' }, 150) });
    each.addEventListener('mouseleave', () => { leaving = setTimeout(() => { menu.style.display = 'none' }, 100) });
  }
</script>`;

describe.skipIf(chromium === undefined)('the table of backups, in a browser', () => {
  let browser: Awaited<ReturnType<typeof openContext>>;
  beforeAll(async () => {
    browser = await openContext(chromium ?? '');
  });
  afterAll(() => browser?.close());

  test('has menus that open when they are pointed at', async () => {
    const page = await browser.context.newPage();
    await page.setContent(pointedAt);
    const items = [
      { name: 'Delete', isDisabled: false },
      { name: 'Restore', isDisabled: true },
    ];
    const { menu } = backupTable(page);
    expect(await menu('backup-a')).toEqual(items);
    expect(await menu('backup-a')).toEqual(items);
  });
});
