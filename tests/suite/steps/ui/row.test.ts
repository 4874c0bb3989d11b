import { describe, expect, test } from 'vitest';
import { createTimeline } from '../../../../e2e/history/timeline.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { judgeRow } from '../../../../e2e/suite/steps/ui/row.ts';
import { keepBrowser, openPage } from '../../../ui/support/open-page.ts';

const chromium = await keepBrowser();

type Status = Record<string, unknown>;

/** Opens a page with these rows, as the custom resources say it or otherwise; returns how one of them is read. */
const open = async (rows: Record<string, [said: Status, shown?: Status]>) => {
  const { timeline, push } = createTimeline<Backup>({ label: 'backups', stop: async () => {} });
  let version = 0;
  const say = (name: string, status: Status): void => {
    version += 1;
    const metadata = { name, resourceVersion: String(version) };
    const kind = timeline.current(name) === undefined ? 'added' : 'modified';
    push({ kind, at: Date.now(), object: { metadata, spec: { snapshotName: 's' }, status } });
  };
  for (const [name, [said]] of Object.entries(rows)) say(name, said);
  const { page, until } = await openPage(chromium, {
    rows: Object.fromEntries(Object.entries(rows).map(([name, [said, shown = said]]) => [name, shown])),
    expected: () => new Map(),
  });
  const read = (name: string, whenThere = (): void => {}) => {
    const ready = async (): Promise<void> => {
      await until(() => page.rowOf(name) !== undefined);
      whenThere();
    };
    return judgeRow(page.table, { name, backups: timeline, ready });
  };
  return { read, say };
};

const whole = { state: 'Completed', url: 'nfs://store/a' };
const bare = { state: 'Completed', url: '' };
const failed = { state: 'Error', url: whole.url, messages: { error: 'failed to delete:\n not permitted' } };
const waits = 'Wait for backup b to be deleted';

describe.skipIf(chromium === undefined)('the row of a backup', () => {
  test('is returned where it is as its custom resource says, read again where that changes, and an error otherwise', async () => {
    const { read, say } = await open({
      whole: [whole],
      failed: [failed],
      locked: [{ state: 'Error', error: 'locked', url: '' }],
      waits: [{ state: 'Pending', url: '', messages: { info: waits } }],
      offers: [bare, whole],
      differs: [failed, { ...failed, messages: { error: 'failed' } }],
      changes: [bare, whole],
    });
    expect(await read('whole')).toEqual({ summary: 'Delete, Restore, Get URL', hidden: undefined });
    const disabled = 'Delete, Restore (disabled), Get URL (disabled)';
    expect((await read('failed')).summary).toBe(`${disabled}; "failed to delete: not permitted"`);
    expect((await read('locked')).summary).toBe(`${disabled}; "locked"`);
    expect((await read('waits')).hidden).toBe(waits);
    await expect(read('offers')).rejects.toThrow(
      'the row of offers, which is Completed, is not as it should be:\n- Restore should be disabled; the menu has Delete, Restore, Get URL\n- Get URL should be',
    );
    await expect(read('differs')).rejects.toThrow(
      '- the tooltip says "failed", where the custom resource says "failed to delete:\n not permitted"',
    );
    let readings = 0;
    const { summary } = await read('changes', () => {
      readings += 1;
      // The menu is not even open then.
      if (readings === 1) setImmediate(() => say('changes', { ...whole, progress: 100 }));
    });
    expect([summary, readings]).toEqual(['Delete, Restore, Get URL', 2]);
  });

  test('cannot be judged where it changes all the time', async () => {
    const { read, say } = await open({ a: [{ state: 'InProgress', progress: 1, url: '' }] });
    let progress = 1;
    const change = (): void => say('a', { state: 'InProgress', progress: ++progress, url: '' });
    await expect(read('a', () => void setImmediate(change))).rejects.toThrow(InconclusiveError);
  });
});
