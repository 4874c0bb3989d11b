import { afterEach, describe, expect, test } from 'vitest';
import { createTimeline, type Recorder } from '../../../../e2e/history/timeline.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { PremiseLost } from '../../../../e2e/suite/steps/judging.ts';
import { judgeRow } from '../../../../e2e/suite/steps/ui/row.ts';
import { findChromium } from '../../../../e2e/ui/chromium.ts';
import { type FollowedPage, followPage } from '../../../../e2e/ui/followed-page.ts';
import type { Mutant } from '../../../../emulator/mutants.ts';
import { serveEmulatedPage } from '../../../ui/support/emulated-page.ts';
import { keepBrowser } from '../../../ui/support/keep-browser.ts';

const chromium = findChromium(process.env);
keepBrowser(chromium);
const name = 'backup-a';
const failed = {
  state: 'Error',
  url: 'nfs://store/a',
  messages: { error: 'failed to delete:\n operation not permitted' },
};

let served: Awaited<ReturnType<typeof serveEmulatedPage>>;
let page: FollowedPage;
let timeline: Recorder<Backup>;
let version: number;
afterEach(async () => {
  await page.close();
  await served.stop();
});

// What the custom resource says; the page may be told otherwise.
const say = (status: object): void => {
  version += 1;
  const object = {
    metadata: { name, resourceVersion: String(version) },
    spec: { snapshotName: 's' },
    status,
  } as Backup;
  timeline.push({ kind: version === 1 ? 'added' : 'modified', at: Date.now(), object });
};

const read = async (
  status: Record<string, unknown>,
  { shown = status, mutant, ready = async () => {} }: Options = {},
) => {
  version = 0;
  timeline = createTimeline<Backup>({ label: 'backups', stop: async () => {} });
  served = await serveEmulatedPage('127.77.0.4', mutant === undefined ? {} : { mutant });
  served.put(name, shown);
  say(status);
  page = await followPage({ chromium: chromium ?? '', url: served.url, expected: () => new Map() });
  const untilThere = async () => {
    await page.until(() => page.look(name) !== undefined, 10_000);
    await ready();
  };
  return judgeRow(page.table, { name, backups: timeline.timeline, ready: untilThere });
};
type Options = { shown?: Record<string, unknown>; mutant?: Mutant; ready?: () => Promise<void> };

describe.skipIf(chromium === undefined)('the row of a backup', () => {
  test('that is as its custom resource says is told', async () => {
    expect(await read({ state: 'Completed', url: 'nfs://store/a' })).toEqual({
      told: 'Delete, Restore, Get URL',
      hidden: undefined,
    });
  });

  test('that failed tells why, and cannot be restored', async () => {
    expect((await read(failed)).told).toBe(
      'Delete, Restore (disabled), Get URL (disabled); "failed to delete: operation not permitted"',
    );
  });

  test('whose creation failed tells why in another place', async () => {
    expect((await read({ state: 'Error', error: 'locked', url: '' })).told).toBe(
      'Delete, Restore (disabled), Get URL (disabled); "locked"',
    );
  });

  test('that waits keeps back what it waits for', async () => {
    const info = 'Wait for backup b to be deleted';
    expect((await read({ state: 'Pending', url: '', messages: { info } })).hidden).toBe(info);
  });

  test('that offers what it should not is an error', async () => {
    await expect(
      read({ state: 'Completed', url: '' }, { shown: { state: 'Completed', url: 'nfs://store/a' } }),
    ).rejects.toThrow(
      'the row of backup-a, which is Completed, is not as it should be:\n- Restore should be disabled; the menu has Delete, Restore, Get URL\n- Get URL should be disabled; the menu has Delete, Restore, Get URL',
    );
  });

  test('that tells something else is an error', async () => {
    await expect(read(failed, { shown: { ...failed, messages: { error: 'failed' } } })).rejects.toThrow(
      '- the tooltip says "failed", where the custom resource says "failed to delete:\n operation not permitted"',
    );
  });

  test('that changes while it is read is read again', async () => {
    let readings = 0;
    const ready = async (): Promise<void> => {
      readings += 1;
      // The menu is not even open then.
      if (readings === 1)
        setImmediate(() => say({ state: 'Completed', url: 'nfs://store/a', progress: 100 }));
    };
    expect(
      (
        await read(
          { state: 'Completed', url: '' },
          { shown: { state: 'Completed', url: 'nfs://store/a' }, ready },
        )
      ).told,
    ).toBe('Delete, Restore, Get URL');
    expect(readings).toBe(2);
  });
});

describe.skipIf(chromium === undefined)('a backup that changes all the time', () => {
  test('is not one whose row can be judged', async () => {
    const every: NodeJS.Timeout[] = [];
    const ready = async (): Promise<void> => {
      every.push(setInterval(() => say({ state: 'InProgress', progress: version, url: '' }), 20));
    };
    const reading = read({ state: 'InProgress', progress: 1, url: '' }, { ready }).finally(() => {
      for (const timer of every) clearInterval(timer);
    });
    await expect(reading).rejects.toThrow(PremiseLost);
  });
});
