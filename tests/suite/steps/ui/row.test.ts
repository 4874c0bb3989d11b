import { afterEach, describe, expect, test } from 'vitest';
import { createTimeline, type Recorder } from '../../../../e2e/history/timeline.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { PremiseLost } from '../../../../e2e/suite/steps/judging.ts';
import { judgeRow } from '../../../../e2e/suite/steps/ui/row.ts';
import { findChromium } from '../../../../e2e/ui/chromium.ts';
import { type FollowedPage, followPage } from '../../../../e2e/ui/followed-page.ts';
import { serveEmulatedPage } from '../../../ui/support/emulated-page.ts';
import { keepBrowser } from '../../../ui/support/keep-browser.ts';

const chromium = findChromium(process.env);
keepBrowser(chromium);

type Status = Record<string, unknown>;

let served: Awaited<ReturnType<typeof serveEmulatedPage>>;
let page: FollowedPage;
let timeline: Recorder<Backup>;
let version = 0;
afterEach(async () => {
  await page.close();
  await served.stop();
});

// What the custom resource says; the page may be told otherwise.
const say = (name: string, status: Status): void => {
  version += 1;
  const metadata = { name, resourceVersion: String(version) };
  const kind = timeline.timeline.current(name) === undefined ? 'added' : 'modified';
  timeline.push({ kind, at: Date.now(), object: { metadata, spec: { snapshotName: 's' }, status } });
};

/** Opens a page with these rows; returns how one of them is read. */
const open = async (rows: Record<string, [said: Status, shown?: Status]>) => {
  timeline = createTimeline<Backup>({ label: 'backups', stop: async () => {} });
  served = await serveEmulatedPage('127.77.0.4', {});
  for (const [name, [said, shown = said]] of Object.entries(rows)) {
    served.put(name, shown);
    say(name, said);
  }
  page = await followPage({ chromium: chromium ?? '', url: served.url, expected: () => new Map() });
  return (name: string, whenThere = (): void => {}) => {
    const ready = async (): Promise<void> => {
      await page.until(() => page.look(name) !== undefined, 10_000);
      whenThere();
    };
    return judgeRow(page.table, { name, backups: timeline.timeline, ready });
  };
};

const whole = { state: 'Completed', url: 'nfs://store/a' };
const bare = { state: 'Completed', url: '' };
const failed = { state: 'Error', url: whole.url, messages: { error: 'failed to delete:\n not permitted' } };
const waits = 'Wait for backup b to be deleted';

describe.skipIf(chromium === undefined)('the row of a backup', () => {
  test('is told where it is as its custom resource says, read again where that changes, and an error otherwise', async () => {
    const read = await open({
      whole: [whole],
      failed: [failed],
      locked: [{ state: 'Error', error: 'locked', url: '' }],
      waits: [{ state: 'Pending', url: '', messages: { info: waits } }],
      offers: [bare, whole],
      tells: [failed, { ...failed, messages: { error: 'failed' } }],
      changes: [bare, whole],
    });
    expect(await read('whole')).toEqual({ told: 'Delete, Restore, Get URL', hidden: undefined });
    const disabled = 'Delete, Restore (disabled), Get URL (disabled)';
    expect((await read('failed')).told).toBe(`${disabled}; "failed to delete: not permitted"`);
    expect((await read('locked')).told).toBe(`${disabled}; "locked"`);
    expect((await read('waits')).hidden).toBe(waits);
    await expect(read('offers')).rejects.toThrow(
      'the row of offers, which is Completed, is not as it should be:\n- Restore should be disabled; the menu has Delete, Restore, Get URL\n- Get URL should be disabled; the menu has Delete, Restore, Get URL',
    );
    await expect(read('tells')).rejects.toThrow(
      '- the tooltip says "failed", where the custom resource says "failed to delete:\n not permitted"',
    );
    let readings = 0;
    const { told } = await read('changes', () => {
      readings += 1;
      // The menu is not even open then.
      if (readings === 1) setImmediate(() => say('changes', { ...whole, progress: 100 }));
    });
    expect([told, readings]).toEqual(['Delete, Restore, Get URL', 2]);
  });

  test('cannot be judged where it changes all the time', async () => {
    const read = await open({ a: [{ state: 'InProgress', progress: 1, url: '' }] });
    const every: NodeJS.Timeout[] = [];
    const changing = (): void => {
      every.push(setInterval(() => say('a', { state: 'InProgress', progress: version, url: '' }), 20));
    };
    const reading = read('a', changing).finally(() => every.map(clearInterval));
    await expect(reading).rejects.toThrow(PremiseLost);
  });
});
