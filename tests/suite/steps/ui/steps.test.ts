import { afterEach, describe, expect, test } from 'vitest';
import { createTimeline, type Recorder } from '../../../../e2e/history/timeline.ts';
import type { Duration } from '../../../../e2e/kube/duration.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import type { PageHandle } from '../../../../e2e/suite/steps/handles.ts';
import { timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import { untilLostLate } from '../../../../e2e/suite/steps/ui/page.ts';
import { createThenOfPages, describeDelays } from '../../../../e2e/suite/steps/ui/steps.ts';
import { type Look, lookOf } from '../../../../e2e/ui/backup-look.ts';
import { findChromium } from '../../../../e2e/ui/chromium.ts';
import { followPage } from '../../../../e2e/ui/followed-page.ts';
import type { Mutant } from '../../../../emulator/mutants.ts';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.ts';
import { serveEmulatedPage } from '../../../ui/support/emulated-page.ts';
import { keepBrowser } from '../../../ui/support/keep-browser.ts';
import { handleOf } from '../recordings.ts';

const chromium = findChromium(process.env);
keepBrowser(chromium);
const name = 'backup-a';
const first = handleOf(name, 'the first backup');

let served: Awaited<ReturnType<typeof serveEmulatedPage>>;
let proxy: TcpProxy;
let handle: PageHandle;
let then: ReturnType<typeof createThenOfPages>;
let context: Context;
let findings: { title: string; detail: string }[];
let timeline: Recorder<Backup>;
let version: number;
afterEach(async () => {
  await handle.page.close();
  await proxy.close();
  await served.stop();
});

const say = (status: object, more: object = {}): void => {
  version += 1;
  const object = {
    metadata: { name, resourceVersion: String(version), ...more },
    spec: { snapshotName: 's' },
    status,
  } as Backup;
  timeline.push({ kind: version === 1 ? 'added' : 'modified', at: Date.now(), object });
};
const remove = (): void => {
  const object = timeline.timeline.current(name) as Backup;
  timeline.push({ kind: 'deleted', at: Date.now(), object });
};
const both = (status: Record<string, unknown>): void => {
  say(status);
  served.put(name, status);
};

const limits = (within: Duration) => ({
  pageFollows: { within, owner: 'the test' },
  pageTold: { within, owner: 'the test' },
  pageReconnects: { within, owner: 'the test' },
  pageStale: { within, owner: 'the proxy in between' },
});
const untilLook = async (state: string | undefined): Promise<void> =>
  expect(await handle.page.until(() => handle.page.look(name)?.state === state, 10_000)).toBe(true);
const untilTroubled = async (troubles = 1): Promise<void> =>
  expect(await handle.page.until(() => handle.page.log.troubles.length >= troubles, 10_000)).toBe(true);

// The page and the custom resources, which are the same as long as a test does not let them differ; the
// timeouts are long ones where nothing is to run out.
const open = async ({ mutant, within = '20s' }: { mutant?: Mutant; within?: Duration } = {}) => {
  version = 0;
  timeline = createTimeline<Backup>({ label: 'backups', stop: async () => {} });
  const { timeline: backups } = timeline;
  served = await serveEmulatedPage('127.77.0.5', mutant === undefined ? {} : { mutant });
  both({ state: 'Completed', url: 'nfs://store/a' });
  const url = new URL(served.url);
  proxy = await startTcpProxy(Number(url.port), url.hostname);
  url.host = `127.0.0.1:${proxy.port}`;
  const expected = (): Map<string, Look> =>
    new Map(backups.objects().map((each) => [each.metadata.name, lookOf(each)]));
  const page = await followPage({ chromium: chromium ?? '', url: url.href, expected });
  handle = {
    page,
    forward: { url: '', pod: () => undefined, trouble: () => undefined },
    mark: backups.mark(),
    cutOff: [],
  };
  expect(await page.until(() => page.live().length > 0, 10_000)).toBe(true);
  const timeouts = { ...timeoutsOn(longhornClocks), ...limits(within) };
  const work = (_sentence: string, work: () => Promise<unknown>) => work();
  const step = Object.assign(work, { returning: work });
  findings = [];
  const report = { finding: (finding: (typeof findings)[number]) => findings.push(finding) };
  context = { timelines: { backups }, timeouts, step, report, version: 'v1.12.1' } as unknown as Context;
  then = createThenOfPages(context);
};

describe.skipIf(chromium === undefined)('a page', () => {
  test('that is as the custom resources are passes all that is asked of it', async () => {
    await open();
    await then.leftAlone(first);
    both({ state: 'Error', url: 'nfs://store/a', messages: { error: 'denied' } });
    await then.pageShows(handle, first);
    await then.rowTells(handle, first);
    both({ state: 'Deleting', url: 'nfs://store/a' });
    await then.pageShows(handle, first);
    remove();
    await served.datastore.backups.delete(name);
    await then.pageFollowed(handle, first);
    await then.pageUntroubled(handle);
    await expect(then.leftAlone(first)).rejects.toThrow('the first backup (backup-a) is gone');
    timeline.push({ kind: 'gap', at: Date.now(), reason: '410 Gone' });
    await expect(then.pageFollowed(handle, first)).rejects.toThrow(
      'the watch of backups lost a stretch while the page was open: 410 Gone',
    );
  });

  test('that showed something that never was, whose request fails, or that does not follow is told', async () => {
    await open();
    served.put(name, { state: 'Deleting', url: 'nfs://store/a' });
    await untilLook('Deleting');
    served.put(name, { state: 'Completed', url: 'nfs://store/a' });
    await expect(then.pageFollowed(handle, first)).rejects.toThrow(
      /^the page and the custom resources differ:\n- longhorn-manager told the page Deleting at [\d:.]+, where the first backup was Completed$/,
    );
    served.refuse(`delete backups ${name}`, 'denied by a webhook');
    await (await handle.page.table.askToDelete(name)).confirm();
    await untilTroubled(2);
    await expect(then.pageUntroubled(handle)).rejects.toThrow(
      'POST /v1/backupvolumes/v?action=backupDelete: 500',
    );

    await untilLook('Completed');
    Object.assign(context.timeouts, limits('300ms'));
    say({ state: 'Deleting', url: 'nfs://store/a' });
    await expect(then.pageShows(handle, first)).rejects.toThrow(
      'the page does not show within 300 ms (the test) what the custom resources say:\n- the first backup is Deleting, and the page shows Completed: longhorn-manager has told it Completed',
    );
    say({ state: 'Completed' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    await expect(then.leftAlone(first)).rejects.toThrow(
      'the first backup (backup-a) is Completed, and its deletion was asked for',
    );
  });

  test('that is told late, as another page was told, is as it must be in time, which is a finding', async () => {
    await open();
    context.timeouts.pageFollows.within = '1s';
    say({ state: 'Deleting', url: 'nfs://store/a' });
    const shows = then.pageShows(handle, first);
    await handle.page.until(() => false, 1_500);
    served.put(name, { state: 'Deleting', url: 'nfs://store/a' });
    await shows;
    expect(findings).toEqual([]);
    // The page's own part is judged by what it was told.
    context.timeouts.pageFollows.within = '1400ms';
    await then.pageFollowed(handle, first);
    expect(findings).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/^Longhorn v1\.12\.1: Deleting after \d/) }),
    ]);
  });

  test('that hides what failed is told', async () => {
    await open({ mutant: 'page-hides-error', within: '300ms' });
    both({ state: 'Error', url: 'nfs://store/a', messages: { error: 'denied' } });
    await untilLook('Error');
    await expect(then.pageShows(handle, first)).rejects.toThrow(
      '- the first backup is Error with the red icon, and the page shows Error: longhorn-manager has told it what is so',
    );
  });

  test('that is cut off is back by itself; what went wrong by that does not count', async () => {
    await open({ within: '300ms' });
    const from = Date.now();
    handle.cutOff.push({ from, to: from + 10_000 });
    proxy.refuse();
    proxy.cut();
    await untilTroubled();
    await expect(then.pageIsBack(handle)).rejects.toThrow(
      'the page did not connect again within 300 ms (the test); it shows what was before',
    );
    proxy.accept();
    await handle.page.until(() => handle.page.live().length === 2, 10_000);
    await then.pageIsBack(handle);
    await then.pageUntroubled(handle);
    handle.cutOff.length = 0;
    await expect(then.pageUntroubled(handle)).rejects.toThrow(
      /^on the page something went wrong:\n- console: WebSocket connection to /,
    );
  });

  const killed = (): void => {
    for (const ago of [30_000, 10_000])
      handle.cutOff.push({ from: Date.now() - ago, to: Date.now() - ago + 1 });
    // The manager is gone, and nobody says so.
    proxy.freeze();
  };

  test('that was told nothing of the end of its connection shows an old table until the proxy in between gives it up, which is a finding with its duration; then it is back', async () => {
    await open();
    killed();
    const losses = handle.page.log.losses();
    const late = untilLostLate(context, handle, losses);
    expect(handle.page.log.losses()).toBe(losses);
    expect(findings).toEqual([]);
    proxy.refuse();
    proxy.cut();
    await late;
    await untilTroubled();
    proxy.accept();
    await handle.page.until(() => handle.page.live().length === 2, 10_000);
    expect(findings).toEqual([
      {
        title: 'The page goes on showing an old table after the manager that it was connected to is gone',
        detail: expect.stringMatching(
          /^For \d.* to \d.* in Longhorn v1\.12\.1, by which of the killed managers/,
        ),
      },
    ]);
    await then.pageIsBack(handle);
    await then.pageUntroubled(handle);
  });

  test('that never loses that connection is not live, which is a failure', async () => {
    await open({ within: '300ms' });
    killed();
    await expect(untilLostLate(context, handle, handle.page.log.losses())).rejects.toThrow(
      'the page kept its connection for 300 ms (the proxy in between) after every longhorn-manager was killed: nothing that it shows is live',
    );
    expect(findings).toEqual([]);
  });
});

test('of each look the longest delay is told, and all bars are one', () => {
  const delays = [
    { look: 'Deleting', delay: 400 },
    { look: '0 %', delay: 900 },
    { look: 'Deleting', delay: 200 },
    { look: '40 %', delay: 1100 },
    { look: 'no row', delay: 30 },
  ];
  expect(describeDelays(delays)).toBe('Deleting after 400 ms, a bar after 1.1 s, no row after 30 ms');
  expect(describeDelays([])).toBe('nothing changed');
});
