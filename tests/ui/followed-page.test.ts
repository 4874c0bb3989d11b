import { afterEach, describe, expect, test } from 'vitest';
import { type Look, lookOf } from '../../e2e/ui/backup-look.ts';
import { findChromium } from '../../e2e/ui/chromium.ts';
import { type FollowedPage, followPage } from '../../e2e/ui/followed-page.ts';
import { ownAddress } from '../emulator/support/test-api.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { serveEmulatedPage } from './support/emulated-page.ts';
import { keepBrowser } from './support/keep-browser.ts';

const chromium = findChromium(process.env);
keepBrowser(chromium);
const uiHost = ownAddress();
// Of what a test waits for: a stream tells at most once a second.
const soon = 10_000;

let served: Awaited<ReturnType<typeof serveEmulatedPage>>;
let proxy: TcpProxy | undefined;
let page: FollowedPage;
afterEach(async () => {
  await page.close();
  await proxy?.close();
  await served.stop();
  proxy = undefined;
});

const looks = (): Map<string, Look> =>
  new Map(
    served.datastore.backups
      .list()
      .map((backup) => [backup.metadata.name, lookOf(backup as unknown as Parameters<typeof lookOf>[0])]),
  );

const open = async ({ through }: { through?: 'proxy' } = {}): Promise<void> => {
  served = await serveEmulatedPage(uiHost);
  served.put('backup-a', { state: 'Completed', url: 'nfs://store/a', progress: 100 });
  served.put('backup-b', { state: 'Completed', url: 'nfs://store/b', progress: 100 });
  const url = new URL(served.url);
  if (through === 'proxy') {
    proxy = await startTcpProxy(Number(url.port), uiHost);
    url.host = `127.0.0.1:${proxy.port}`;
  }
  page = await followPage({ chromium: chromium ?? '', url: url.href, expected: looks });
  expect(await page.until(() => page.live().length > 0, soon)).toBe(true);
};

const shows = (name: string, look: Look | undefined): Promise<boolean> =>
  page.until(() => JSON.stringify(page.look(name)) === JSON.stringify(look), soon);

describe.skipIf(chromium === undefined)('a page of backups, in a browser', () => {
  test('is followed from state to state, with a time for each', async () => {
    await open();
    const before = Date.now();
    served.put('backup-a', { state: 'Deleting', url: 'nfs://store/a' });
    expect(await shows('backup-a', { state: 'Deleting', warning: false })).toBe(true);
    served.put('backup-a', { state: 'Error', url: 'nfs://store/a', messages: { error: 'denied' } });
    expect(await shows('backup-a', { state: 'Error', warning: true })).toBe(true);
    served.put('backup-c', { state: 'InProgress', progress: 40 });
    expect(await shows('backup-c', { state: '40 %', warning: false })).toBe(true);
    served.put('backup-c', { state: 'InProgress', progress: 100 });
    expect(await shows('backup-c', { state: '100 %', warning: false })).toBe(true);
    await served.datastore.backups.delete('backup-a');
    expect(await shows('backup-a', undefined)).toBe(true);

    const shown = page.shown('backup-a');
    expect(shown[0]?.look).toEqual({ state: 'Completed', warning: false });
    const deleting = shown.find(({ look }) => look?.state === 'Deleting');
    expect(deleting?.at).toBeGreaterThanOrEqual(before);
    expect(shown.map(({ at }) => at)).toEqual(
      shown.map(({ at }) => at).toSorted((one, other) => one - other),
    );
    expect(page.log.troubles).toEqual([]);
  });

  test('has a menu for each row, a tooltip for what went wrong, and a dialog that names what it deletes', async () => {
    await open();
    served.put('backup-b', {
      state: 'Error',
      error: 'locked',
      url: '',
      messages: { error: 'failed to delete:\n  denied' },
    });
    expect(await shows('backup-b', { state: 'Error', warning: true })).toBe(true);
    const { table } = page;
    const menu = async (name: string) =>
      (await table.menu(name)).map((item) => `${item.name} ${item.isDisabled ? 'off' : 'on'}`).join(', ');
    expect(await menu('backup-a')).toBe('Delete on, Restore on, Get URL on');
    expect(await menu('backup-b')).toBe('Delete on, Restore off, Get URL off');
    expect(await table.tooltip('backup-b', 'Creation State')).toBe('locked');
    expect(await table.tooltip('backup-b', 'Volume')).toBe('failed to delete: denied');
    const asked = await table.askToDelete('backup-a');
    expect(asked.question).toBe('Are you sure you want to delete backup backup-a ?');
    expect(served.datastore.backups.get('backup-a')).toBeDefined();
    await asked.confirm();
    expect(await shows('backup-a', undefined)).toBe(true);
    expect([...looks().keys()]).toEqual(['backup-b']);
  });

  test('connects again by itself, and what it missed is no gap of its own making', async () => {
    await open({ through: 'proxy' });
    const [first] = page.live();
    proxy?.cut();
    expect(await page.until(() => page.log.losses() === 1, soon)).toBe(true);
    expect(await page.until(() => page.live().length === 2, soon)).toBe(true);
    served.put('backup-a', { state: 'Deleting' });
    expect(await shows('backup-a', { state: 'Deleting', warning: false })).toBe(true);
    const [closed, again] = page.live();
    expect(closed).toEqual({ from: first?.from, to: expect.any(Number) });
    expect(again).toEqual({ from: expect.any(Number), to: Number.POSITIVE_INFINITY });
  });

  test('tells of errors in its console and of requests that fail, and leaves a picture and a trace', async () => {
    await open();
    await served.datastore.backups.delete('backup-a').catch(() => {});
    served.refuse('delete backups backup-b', 'denied by a webhook');
    await (await page.table.askToDelete('backup-b')).confirm();
    expect(await page.until(() => page.log.troubles.length >= 2, soon)).toBe(true);
    expect(page.log.troubles.map(({ text }) => text)).toEqual([
      'POST /v1/backupvolumes/v?action=backupDelete: 500',
      expect.stringContaining('console: Failed to load resource: the server responded with a status of 500'),
    ]);
    const picture = await page.picture();
    expect(Buffer.from(picture.subarray(1, 4)).toString()).toBe('PNG');
    const trace = await page.trace();
    expect(Buffer.from(trace.subarray(0, 2)).toString()).toBe('PK');
  });
});
