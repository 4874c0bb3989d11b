import { describe, expect, onTestFinished, test } from 'vitest';
import { openTablePage } from '../../e2e/ui/table-page.ts';
import type { Mutant } from '../../emulator/mutants.ts';
import { backupVolume } from '../emulator/support/test-api.ts';
import { keepBrowser, serveUi } from './support/open-page.ts';

const chromium = await keepBrowser();

const open = async (path: string, table: string, mutant?: Mutant) => {
  const ui = await serveUi(mutant);
  const url = `${ui.url}/${path}`;
  const page = await openTablePage({
    chromium: chromium ?? '',
    url,
    carried: () => 0,
    table,
    patient: 5_000,
  });
  onTestFinished(page.close);
  return { ...ui, page };
};

const conditions = [{ type: 'Unavailable', status: 'True', message: 'cannot mount\n  it' }];
const target = (name: string, available: boolean) => ({
  metadata: { name },
  spec: { backupTargetURL: 'nfs://x:/y', credentialSecret: '', pollInterval: '5m0s' },
  status: { available, conditions: available ? [] : conditions },
});

describe.skipIf(chromium === undefined)('a page with a table, in a browser', () => {
  test('of backup targets makes one, changes it, and deletes it', async () => {
    const { page, datastore, writes } = await open('backupTarget', '#backupTargetTable');
    await page.press('Create Backup Target');
    await page.answer('OK', { Name: 'one', URL: 'nfs://x:/one', 'Credential Secret': 'secret' });
    await page.reads('one', 'URL', 'nfs://x:/one');
    expect(datastore.backupTargets.get('one')?.spec).toEqual({
      ...{ backupTargetURL: 'nfs://x:/one', credentialSecret: 'secret', pollInterval: '300s' },
      syncRequestedAt: null,
    });
    await page.choose('one', 'Edit');
    await page.answer('OK', { URL: 'nfs://x:/other' });
    await page.reads('one', 'URL', 'nfs://x:/other');
    expect(datastore.backupTargets.get('one')?.spec.syncRequestedAt).toEqual(expect.any(String));
    await page.choose('one', 'Delete');
    await page.answer('Delete');
    await page.lacks('one');
    expect(writes).toEqual(['create backuptargets one', 'delete backuptargets one']);
    expect(page.log.errors).toEqual([]);
  });

  test.each([
    [undefined, 'cannot mount it'],
    ['page-hides-reason', 'Error'],
  ] as const)('says why a backup target cannot be used (with the bug %s)', async (mutant, expected) => {
    const { page, put } = await open('backupTarget', '#backupTargetTable', mutant);
    put('backupTargets', target('good', true));
    put('backupTargets', target('bad', false));
    expect(await page.reads('good', 'Status', 'Available')).toBe('');
    expect((await page.reads('bad', 'Status', 'Error')).replaceAll(/\s+/g, ' ')).toBe(expected);
    await expect(page.reads('bad', 'Status', 'Available')).rejects.toThrow('Timeout');
  });

  test.each([
    [undefined, ['a', 'b']],
    ['page-syncs-nothing', []],
  ] as const)('of backup volumes has all looked at, or one (with the bug %s)', async (mutant, all) => {
    const { page, put, datastore } = await open('backup', '#backTable', mutant);
    for (const name of ['a', 'b']) put('backupVolumes', backupVolume(name, { of: `v-${name}` }));
    const requested = () =>
      datastore.backupVolumes
        .list()
        .filter(({ spec }) => spec.syncRequestedAt)
        .map(({ metadata }) => metadata.name);
    await page.reads('b', 'Name', 'v-b');
    await page.press('Sync All Backup Volumes');
    await expect.poll(requested).toEqual(all);
    put('backupVolumes', backupVolume('b', { of: 'v-b' }));
    await page.choose('b', 'Sync Backup Volume');
    await expect.poll(requested).toEqual(mutant === undefined ? all : ['b']);
    expect(page.log.errors).toEqual([]);
    await page.choose('b', 'Sync Backup Volume');
    const refused = 'POST /v1/backupvolumes/b?action=backupVolumeSync: 500';
    await expect.poll(() => page.log.errors.map(({ text }) => text)).toContain(refused);
  });
});
