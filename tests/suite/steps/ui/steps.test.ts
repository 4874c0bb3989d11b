import { describe, expect, test } from 'vitest';
import { createTimeline } from '../../../../e2e/history/timeline.ts';
import type { Duration } from '../../../../e2e/kube/duration.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import type { PageHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bind } from '../../../../e2e/suite/steps/step.ts';
import { timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import { untilLostLate } from '../../../../e2e/suite/steps/ui/page.ts';
import { describeDelays, uiSteps } from '../../../../e2e/suite/steps/ui/steps.ts';
import { rowStateOf } from '../../../../e2e/ui/row-state.ts';
import type { Mutant } from '../../../../emulator/mutants.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { keepBrowser, openPage } from '../../../ui/support/open-page.ts';
import { handleOf } from '../recordings.ts';

const chromium = await keepBrowser();
const name = 'backup-a';
const first = handleOf(name, 'the first backup');
const url = 'nfs://store/a';
const completed = { state: 'Completed', url };
const deleting = { state: 'Deleting', url };
const denied = { state: 'Error', url, messages: { error: 'denied' } };

const limits = (within: Duration) => {
  const ours = { within, owner: 'the test' };
  const pageStale = { within, owner: 'the proxy in between' };
  return { pageFollows: { ...ours }, pageReceives: ours, pageReconnects: ours, pageStale };
};

// The page and the custom resources, which are the same as long as a test does not let them differ; the
// timeouts are long ones where nothing is to run out.
const open = async ({ mutant, within = '20s' }: { mutant?: Mutant; within?: Duration } = {}) => {
  const { timeline: backups, push } = createTimeline<Backup>({ label: 'backups', stop: async () => {} });
  let version = 0;
  const say = (status: object, more: object = {}): void => {
    version += 1;
    const metadata = { name, resourceVersion: String(version), ...more };
    const object = { metadata, spec: { snapshotName: 's' }, status } as Backup;
    push({ kind: version === 1 ? 'added' : 'modified', at: Date.now(), object });
  };
  say(completed);
  const expected = () => new Map(backups.objects().map((each) => [each.metadata.name, rowStateOf(each)]));
  const opened = await openPage(chromium, { rows: { [name]: completed }, expected, mutant });
  const { page, until } = opened;
  await until(() => page.live().length > 0);
  const forward = { url: '', pod: () => undefined, carried: () => 0, error: () => undefined };
  const handle: PageHandle = { page, forward, from: backups.lastSequence(), disconnections: [] };
  const timeouts = { ...timeoutsOn(longhornClocks), ...limits(within) };
  const { context, findings } = createTestContext({ timelines: { backups }, timeouts });
  return {
    ...opened,
    ...{ say, push, handle, context, findings, judged: bind(context, uiSteps, 'then') },
    show: (status: Record<string, unknown>): void => opened.put(name, status),
    both: (status: Record<string, unknown>): void => {
      say(status);
      opened.put(name, status);
    },
    remove: async (): Promise<void> => {
      push({ kind: 'deleted', at: Date.now(), object: backups.current(name) as Backup });
      await opened.datastore.backups.delete(name);
    },
    untilRow: (state: string) => until(() => page.rowOf(name)?.state === state),
    untilError: (errors = 1) => until(() => page.log.errors.length >= errors),
    /** The managers are gone, of which nobody has informed the page. */
    kill: (): void => {
      for (const ago of [30_000, 10_000])
        handle.disconnections.push({ from: Date.now() - ago, to: Date.now() - ago + 1 });
      opened.proxy.freeze();
    },
  };
};

const pageWith = (...texts: string[]) => ({
  page: { log: { errors: texts.map((text) => ({ at: 0, text })) } },
  disconnections: [],
});

test('what a page made, and longhorn-manager had not heard of within 2 s, is a finding; any other 404 is an error', async () => {
  const { context, findings } = createTestContext({});
  const judged = bind(context, uiSteps, 'then');
  const judge = (...texts: string[]) => judged.pageHasNoError(pageWith(...texts) as unknown as PageHandle);
  const line = 'console: Failed to load resource: the server responded with a status of 404 (Not Found)';
  await judge('POST /v1/volumes: 404', line);
  expect(findings).toMatchObject([{ code: 'creation-answered-early' }]);
  await expect(judge('POST /v1/volumes: 404', line, line)).rejects.toThrow(line);
  await expect(judge('GET /v1/volumes/a: 404')).rejects.toThrow('GET /v1/volumes/a: 404');
});

describe.skipIf(chromium === undefined)('a page', () => {
  test('that is as the custom resources are passes all that is asked of it', async () => {
    const { judged, handle, both, remove, push } = await open();
    await judged.unchanged(first);
    both(denied);
    await judged.pageShows(handle, first);
    await judged.rowShows(handle, first);
    both(deleting);
    await judged.pageShows(handle, first);
    await remove();
    await judged.pageFollowed(handle, first);
    await judged.pageHasNoError(handle);
    await expect(judged.unchanged(first)).rejects.toThrow('the first backup (backup-a) is gone');
    push({ kind: 'gap', at: Date.now(), reason: '410 Gone' });
    await expect(judged.pageFollowed(handle, first)).rejects.toThrow(
      'the watch of backups lost a stretch while the page was open: 410 Gone',
    );
  });

  test('that showed something that never was, whose request fails, or that does not follow is reported', async () => {
    const { judged, handle, page, context, show, say, refuse, untilRow, untilError } = await open();
    show(deleting);
    await untilRow('Deleting');
    show(completed);
    await expect(judged.pageFollowed(handle, first)).rejects.toThrow(
      /^the page and the custom resources differ:\n- longhorn-manager sent the page Deleting at [\d:.]+, where the first backup was Completed$/,
    );
    refuse(`delete backups ${name}`, 'denied by a webhook');
    await (await page.table.askToDelete(name)).confirm();
    await untilError(2);
    await expect(judged.pageHasNoError(handle)).rejects.toThrow(
      'POST /v1/backupvolumes/v?action=backupDelete: 500',
    );
    await untilRow('Completed');
    Object.assign(context.timeouts, limits('300ms'));
    say(deleting);
    await expect(judged.pageShows(handle, first)).rejects.toThrow(
      'the page does not show within 300 ms (the test) what the custom resources say:\n- the first backup is Deleting, and the page shows Completed: longhorn-manager has sent it Completed',
    );
    say(completed, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    await expect(judged.unchanged(first)).rejects.toThrow('is Completed, and its deletion was asked for');
  });

  test('that gets it late, as another page got it first, is as it must be in time, which is a finding', async () => {
    const { judged, handle, page, context, findings, show, say } = await open();
    context.timeouts.pageFollows.within = '1s';
    say(deleting);
    const shows = judged.pageShows(handle, first);
    await page.until(() => false, 1_500);
    show(deleting);
    await shows;
    expect(findings).toEqual([]);
    // The page's own part is judged by what it received.
    context.timeouts.pageFollows.within = '1400ms';
    await judged.pageFollowed(handle, first);
    expect(findings).toMatchObject([
      { code: 'page-updated-late', detail: expect.stringMatching(/^Longhorn v1\.12\.1: Deleting after \d/) },
    ]);
  });

  test('that is cut off is back by itself; what went wrong by that does not count', async () => {
    const { judged, handle, page, proxy, until, untilError } = await open({ within: '300ms' });
    const from = Date.now();
    handle.disconnections.push({ from, to: from + 10_000 });
    proxy.refuse();
    proxy.cut();
    await untilError();
    await expect(judged.pageIsBack(handle)).rejects.toThrow(
      'the page did not connect again within 300 ms (the test); it shows what was before',
    );
    proxy.accept();
    await until(() => page.live().length === 2);
    await judged.pageIsBack(handle);
    await judged.pageHasNoError(handle);
    handle.disconnections.length = 0;
    await expect(judged.pageHasNoError(handle)).rejects.toThrow(
      /^on the page something went wrong:\n- console: WebSocket connection to /,
    );
  });

  test('that heard nothing of the end of its connection shows an old table until the proxy in between gives it up, which is a finding with its duration', async () => {
    const { handle, page, proxy, context, findings, kill } = await open();
    kill();
    const late = untilLostLate(context, handle, page.log.losses());
    expect(findings).toEqual([]);
    proxy.refuse();
    proxy.cut();
    await late;
    expect(findings).toMatchObject([
      {
        code: 'page-shows-old-table',
        detail: expect.stringMatching(/^For \d.* to \d.* in Longhorn v1\.12\.1/),
      },
    ]);
  });

  test('that never loses that connection is not live, which is a failure', async () => {
    const { handle, page, context, findings, kill } = await open({ within: '300ms' });
    kill();
    await expect(untilLostLate(context, handle, page.log.losses())).rejects.toThrow(
      'the page kept its connection for 300 ms (the proxy in between) after every longhorn-manager was killed: nothing that it shows is live',
    );
    expect(findings).toEqual([]);
  });
});

test('of each row the longest delay is reported, and all bars are one', () => {
  const delays = Object.entries({ Deleting: 400, '0 %': 900, '40 %': 1100, 'no row': 30 });
  const all = [...delays, ['Deleting', 200] as const].map(([row, delay]) => ({ row, delay }));
  expect(describeDelays(all)).toBe('Deleting after 400 ms, a bar after 1.1 s, no row after 30 ms');
  expect(describeDelays([])).toBe('nothing changed');
});
