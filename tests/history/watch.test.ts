import { afterEach, describe, expect, test } from 'vitest';
import { waitUntil } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { followWith } from '../../e2e/history/watch.ts';
import { openTimeAccount } from '../../e2e/kube/time-account.ts';
import { type Answer, startStubServer } from '../support/stub-api-server.ts';
import { event, lines, list, refusal } from '../support/watch-script.ts';

const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };
const timing = { lifetime: 7000, silence: 5000, pause: { first: 1, longest: 5 }, patience: 0 };

let timeline: Timeline | undefined;
afterEach(() => timeline?.stop());

/** Follows a server that answers by a script, in the place of the one before. */
const following = async (script: Answer[], clocks = {}, signal = new AbortController().signal) => {
  await timeline?.stop();
  const server = await startStubServer({ script });
  const selected = { namespace: 'house', labelSelector: 'kind=lamp' };
  timeline = await followWith(server.connect(), lamps, {
    ...{ ...selected, timing: { ...timing, ...clocks }, signal },
  });
  return { timeline, urls: server.urls };
};
const failureOf = (watched: Timeline) =>
  watched.failure ?? new Promise<Error>((resolve) => watched.onFailure(resolve));

/** Every script ends with an object of this name, so that a test knows when all before it has come. */
const last = event('ADDED last@99');
const rest = lines('stays', last);
const hall6 = event('ADDED hall@6');
const busy = refusal(429, 'TooManyRequests');
const entriesOf = async (watched: Timeline): Promise<string[]> => {
  const label = 'the script is over';
  await waitUntil(watched, () => true, { name: 'last', label, within: '60s', owner: 'a test' });
  return watched.entries.map((entry) =>
    entry.kind === 'gap'
      ? `gap: ${entry.reason}`
      : `${entry.kind} ${entry.object.metadata.name}@${entry.resourceVersion}`,
  );
};
const versionsIn = (urls: readonly URL[]) =>
  urls.slice(1).map(({ searchParams }) => searchParams.get('resourceVersion') ?? 'list');

test('asks for bookmarks and an end, with its selectors, from the version of the list on', async () => {
  const changed = lines('stays', event('MODIFIED hall@6'), last);
  const { timeline, urls } = await following([list(5, 'hall@3'), changed]);
  expect(await entriesOf(timeline)).toEqual(['listed hall@3', 'modified hall@6', 'added last@99']);
  const path = 'http://server/apis/corral.test/v1/namespaces/house/lamps?labelSelector=kind%3Dlamp';
  expect(urls.map(String)).toEqual([
    path,
    `${path}&watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=7`,
  ]);
});

test('how long an event took to decide something goes on the account of who waited', async () => {
  const account = openTimeAccount();
  await account.run(async () => {
    const { timeline } = await following([list(5), lines('ends', hall6), rest]);
    await entriesOf(timeline);
    // What is there already was not waited for.
    await entriesOf(timeline);
  });
  account.close();
  expect(account.decisions).toEqual([expect.any(Number)]);
});

describe('an event that is not the next one', () => {
  const disorder = (late: number, after: number) =>
    `gap: the server reported what happened in the wrong order: resourceVersion ${late} of hall came only after ${after}`;

  test('makes a gap when it should have come before, and throws doubt on all that its connection reported', async () => {
    const told79 = [event('ADDED hall@7'), event('MODIFIED hall@9'), event('MODIFIED hall@8')];
    const again = [list(10, 'attic@6', 'hall@10'), rest];
    const { timeline } = await following([
      ...[list(5), lines('ends', event('ADDED attic@6')), lines('stays', ...told79), ...again],
    ]);
    expect(await entriesOf(timeline)).toEqual([
      ...['added attic@6', 'added hall@7', 'modified hall@9', disorder(8, 9)],
      ...['listed attic@6', 'listed hall@10', 'added last@99'],
    ]);
    expect(timeline.entries[3]).toMatchObject({ from: timeline.entries[1]?.sequence });
  });

  test('counts as new where resourceVersions are no numbers', async () => {
    const named = lines('ends', event('ADDED hall@b'), event('MODIFIED hall@a'));
    const { timeline, urls } = await following([list(5), named, rest]);
    expect(await entriesOf(timeline)).toEqual(['added hall@b', 'modified hall@a', 'added last@99']);
    expect(versionsIn(urls)).toEqual(['5', 'a']);
  });
});

test('resumes when nothing is heard any more; any line is a sign of life', async () => {
  const silent = await following([list(5), lines('stays', hall6), rest], { silence: 1000 });
  expect(await entriesOf(silent.timeline)).toEqual(['added hall@6', 'added last@99']);
  expect(versionsIn(silent.urls)).toEqual(['5', '6']);
  expect(silent.timeline.lastError?.error.message).toBe(
    'nothing was heard from the watch for 1 s, not even a bookmark',
  );
  const bookmarks: Answer = (response) => {
    response.writeHead(200);
    let left = 9;
    const timer = setInterval(() => {
      left -= 1;
      response.write(`${left > 0 ? event(`BOOKMARK @${15 - left}`) : last}\n`);
      if (left === 0) clearInterval(timer);
    }, 250);
  };
  const { timeline, urls } = await following([list(5), bookmarks], { silence: 2000 });
  expect(await entriesOf(timeline)).toEqual(['added last@99']);
  expect(versionsIn(urls)).toEqual(['5']);
});

test.each([401, 403, 404])('fails for good on %i, unless it passes as after a start', async (status) => {
  const [ends, refused] = [lines('ends'), refusal(status, 'Refused')];
  const error = { name: 'ApiError', status, reason: 'Refused' };
  const { timeline } = await following([list(5), ends, refused]);
  expect(await failureOf(timeline)).toMatchObject(error);
  const patient = await following([list(5), ends, refused, rest], { patience: 5000 });
  expect(await entriesOf(patient.timeline)).toEqual(['added last@99']);
  expect(patient.timeline.lastError?.error).toMatchObject(error);
});

test('refuses to begin when the first list or watch does not work; it asks again while a server is not ready, but not for ever', async () => {
  const [broken, status] = [refusal(503, 'ServiceUnavailable'), 503];
  for (const script of [[broken], [list(5), broken]])
    await expect(following(script)).rejects.toMatchObject({ status });
  const { timeline } = await following([busy, list(5), busy, rest], { patience: 5000 });
  expect(await entriesOf(timeline)).toEqual(['added last@99']);
  await expect(following([busy])).rejects.toMatchObject({ status: 429 });
});

test('knows when it is cut off, and stops then, by its owner or by its signal', async () => {
  // The script is over, so the next connection is never answered.
  const script = () => [list(5), lines('ends')];
  const { timeline } = await following(script());
  while (timeline.disconnectedSince === undefined) await new Promise(setImmediate);
  expect(timeline.failure).toBeUndefined();
  await timeline.stop();
  expect(timeline.failure?.message).toBe('the watch of lamps.corral.test in house (kind=lamp) was stopped');
  const controller = new AbortController();
  const other = await following(script(), {}, controller.signal);
  controller.abort(new Error('interrupted'));
  expect(await failureOf(other.timeline)).toMatchObject({ message: 'interrupted' });
});
