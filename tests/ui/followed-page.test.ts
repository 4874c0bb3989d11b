import { expect, test } from 'vitest';
import { type RowState, rowStateOf } from '../../e2e/ui/row-state.ts';
import { keepBrowser, openPage } from './support/open-page.ts';

const chromium = await keepBrowser();

test.skipIf(chromium === undefined)(
  'a page is followed from state to state, with a time for each, and leaves a picture and a trace',
  async () => {
    const whole = { state: 'Completed', url: 'nfs://store/a', progress: 100 };
    const expected = (): Map<string, RowState> =>
      new Map([['backup-a', rowStateOf({ status: whole } as never)]]);
    const { page, until, put, datastore } = await openPage(chromium, {
      rows: { 'backup-a': whole },
      expected,
    });
    await until(() => page.live().length > 0);
    const before = Date.now();
    const goes = async (name: string, status: Record<string, unknown>, state: string, warning = false) => {
      put(name, status);
      await until(() => page.rowOf(name)?.state === state && page.rowOf(name)?.warning === warning);
    };
    await goes('backup-a', { ...whole, state: 'Deleting' }, 'Deleting');
    await goes('backup-a', { ...whole, state: 'Error', messages: { error: 'denied' } }, 'Error', true);
    await goes('backup-c', { state: 'InProgress', progress: 40 }, '40 %');
    await datastore.backups.delete('backup-a');
    await until(() => page.rowOf('backup-a') === undefined);

    const shown = page.shown('backup-a');
    expect(shown[0]?.row).toEqual({ state: 'Completed', warning: false });
    expect(shown.find(({ row }) => row?.state === 'Deleting')?.at).toBeGreaterThanOrEqual(before);
    expect(shown).toEqual(shown.toSorted((one, other) => one.at - other.at));
    expect(page.log.errors).toEqual([]);
    expect(Buffer.from((await page.picture()).subarray(1, 4)).toString()).toBe('PNG');
    expect(Buffer.from((await page.trace()).subarray(0, 2)).toString()).toBe('PK');
  },
);
