import { afterEach, describe, expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { followWith } from '../../e2e/history/watch.ts';
import { openAccount } from '../../e2e/kube/account.ts';
import { type Answer, type StubServer, startStubServer } from '../support/stub-api-server.ts';
import { event, lines, list, refusal } from '../support/watch-script.ts';

const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };
const timing = { lifetime: 7000, silence: 5000, pause: { first: 1, longest: 5 }, patience: 0 };

let server: StubServer | undefined;
let timeline: Timeline | undefined;
afterEach(async () => {
  await timeline?.stop();
  await server?.stop();
  server = undefined;
  timeline = undefined;
});

const following = async (script: Answer[], clocks = {}) => {
  server = await startStubServer({ script });
  const options = { namespace: 'house', labelSelector: 'kind=lamp', timing: { ...timing, ...clocks } };
  timeline = await followWith(server.connect(), lamps, options);
  return { timeline, asked: server.urls };
};

/** Every script ends with an object of this name, so that a test knows when all before it has come. */
const last = event('ADDED last@99');
const hall6 = event('ADDED hall@6');
const hall7 = event('MODIFIED hall@7');
const failing = event('ERROR 500 InternalError');
const told = async (watched: Timeline): Promise<string[]> => {
  await once(watched, () => true, {
    name: 'last',
    label: 'the script is over',
    within: '60s',
    owner: 'a test',
  });
  return watched.entries.map((entry) =>
    entry.kind === 'gap'
      ? `gap: ${entry.reason}`
      : `${entry.kind} ${entry.object.metadata.name}@${entry.resourceVersion}`,
  );
};
const versionsAsked = (asked: readonly URL[]) =>
  asked.slice(1).map(({ searchParams }) => searchParams.get('resourceVersion') ?? 'list');

test('asks for bookmarks and an end, with its selectors, from the version of the list on', async () => {
  const { timeline, asked } = await following([
    list(5, 'hall@3'),
    lines('stays', event('MODIFIED hall@6'), last),
  ]);
  expect(await told(timeline)).toEqual(['listed hall@3', 'modified hall@6', 'added last@99']);
  expect(asked.map(String)).toEqual([
    'http://server/apis/corral.test/v1/namespaces/house/lamps?labelSelector=kind%3Dlamp',
    'http://server/apis/corral.test/v1/namespaces/house/lamps?labelSelector=kind%3Dlamp&watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=7',
  ]);
});

describe('goes on from the last version that it saw, without a gap, when the connection', () => {
  const rest = lines('stays', last);
  test.each<[string, Answer, string]>([
    ['ends after an event', lines('ends', hall6), '6'],
    ['ends after a bookmark', lines('ends', hall6, event('BOOKMARK @8')), '8'],
    ['ends without a word', lines('ends'), '5'],
    ['breaks', lines('breaks', hall6), '6'],
    ['breaks inside a line', lines('breaks', hall6, hall7.slice(0, 20)), '6'],
    ['brings what is no JSON', lines('stays', hall6, '<html>', hall7), '6'],
    ['brings an event that Kubernetes does not have', lines('stays', hall6, event('FOUND hall@7')), '6'],
    ['brings JSON that is no event', lines('stays', hall6, 'null'), '6'],
    ['brings an error that passes', lines('stays', hall6, failing), '6'],
    ['is refused because the server is busy', refusal(429, 'TooManyRequests'), '5'],
  ])('%s', async (name, answer, version) => {
    // The first watch works: a refusal of the very first one is told to the caller.
    const script = name.startsWith('is refused') ? [lines('ends'), answer, rest] : [answer, rest];
    const { timeline, asked } = await following([list(5), ...script]);
    const entries = await told(timeline);
    expect(entries).toEqual(version === '5' ? ['added last@99'] : ['added hall@6', 'added last@99']);
    expect(versionsAsked(asked).at(-1)).toBe(version);
  });
});

test('how long an event took to decide something goes on the account of who waited', async () => {
  const account = openAccount();
  await account.run(async () => {
    const { timeline } = await following([list(5), lines('ends', hall6), lines('stays', last)]);
    await told(timeline);
    // What is there already was not waited for.
    await told(timeline);
  });
  account.close();
  expect(account.decisions).toHaveLength(1);
  expect(account.decisions[0]).toBeGreaterThan(0);
  expect(account.decisions[0]).toBeLessThan(1000);
});

describe('marks a gap and lists again when the server', () => {
  const again = [list(9, 'attic@2', 'new@8'), lines('stays', last)];
  const first = list(5, 'attic@2', 'hall@3');
  const relisted = [
    'listed attic@2',
    'listed hall@3',
    'gap: ',
    'deleted hall@3',
    'listed attic@2',
    'listed new@8',
    'added last@99',
  ];
  const withReason = (reason: string) =>
    relisted.map((line) =>
      line === 'gap: ' ? `gap: the server cannot tell what came after resourceVersion ${reason}` : line,
    );

  test('answers 410', async () => {
    const { timeline, asked } = await following([first, lines('ends'), refusal(410, 'Expired'), ...again]);
    const path = '/apis/corral.test/v1/namespaces/house/lamps';
    const where = `5: watch of ${path} at ${server?.connect().server}: 410 Expired: the server says Expired`;
    expect(await told(timeline)).toEqual(withReason(where));
    expect(versionsAsked(asked)).toEqual(['5', '5', 'list', '9']);
  });

  test('sends 410 as an event', async () => {
    const { timeline } = await following([
      first,
      lines('stays', event('BOOKMARK @7'), event('ERROR 410 Expired')),
      ...again,
    ]);
    expect(await told(timeline)).toEqual(
      withReason('7: the watch ended with 410 Expired: the server says Expired'),
    );
    expect(timeline.entries.find(({ kind }) => kind === 'deleted')).toMatchObject({ inferred: true });
  });

  test('sends the same error each time', async () => {
    const errors = Array.from({ length: 6 }, () => lines('stays', failing));
    const { timeline } = await following([first, ...errors, ...again]);
    expect(await told(timeline)).toEqual(
      withReason('5: the watch ended with 500 InternalError: the server says InternalError'),
    );
  });
});

describe('an event that is not the next one', () => {
  test('is passed over when it is known: told before, or older than the list', async () => {
    const first = lines(
      'ends',
      hall6,
      hall6,
      event('MODIFIED attic@4'),
      event('BOOKMARK @5'),
      event('MODIFIED hall@10'),
    );
    const { timeline, asked } = await following([list(5, 'attic@3'), first, lines('stays', hall6, last)]);
    expect(await told(timeline)).toEqual([
      'listed attic@3',
      'added hall@6',
      'modified hall@10',
      'added last@99',
    ]);
    expect(versionsAsked(asked)).toEqual(['5', '10']);
  });

  test('makes a gap when it should have come before, and throws doubt on all that its connection told', async () => {
    const disorder = lines(
      'stays',
      event('ADDED hall@7'),
      event('MODIFIED hall@9'),
      event('MODIFIED hall@8'),
      event('MODIFIED hall@10'),
    );
    const script = [
      list(5),
      lines('ends', event('ADDED attic@6')),
      disorder,
      list(10, 'attic@6', 'hall@10'),
      lines('stays', last),
    ];
    const { timeline } = await following(script);
    const reason =
      'the server told what happened in the wrong order: resourceVersion 8 of hall came only after 9';
    const relisted = ['listed attic@6', 'listed hall@10', 'added last@99'];
    expect(await told(timeline)).toEqual([
      'added attic@6',
      'added hall@7',
      'modified hall@9',
      `gap: ${reason}`,
      ...relisted,
    ]);
    const [, doubtful, , gap] = timeline.entries;
    expect(gap).toMatchObject({ from: doubtful?.sequence });
  });

  test('makes a gap when it ends what is still there, whatever its version', async () => {
    const end = lines('stays', hall6, event('DELETED hall@6'));
    const { timeline } = await following([list(5), end, list(7), lines('stays', last)]);
    const gap =
      'gap: the server told what happened in the wrong order: resourceVersion 6 of hall came only after 6';
    expect(await told(timeline)).toEqual(['added hall@6', gap, 'deleted hall@6', 'added last@99']);
  });

  test('counts as new where resourceVersions are no numbers', async () => {
    const { timeline, asked } = await following([
      list(5),
      lines('ends', event('ADDED hall@b'), event('MODIFIED hall@a')),
      lines('stays', last),
    ]);
    expect(await told(timeline)).toEqual(['added hall@b', 'modified hall@a', 'added last@99']);
    expect(versionsAsked(asked)).toEqual(['5', 'a']);
  });
});

test('knows when it is cut off', async () => {
  const { timeline } = await following([list(5), lines('ends')]);
  // The script is over, so the next connection is never answered.
  while (timeline.cutOff === undefined) await new Promise(setImmediate);
  expect(timeline.failure).toBeUndefined();
});

test('resumes when nothing is heard any more', async () => {
  const { timeline, asked } = await following([list(5), lines('stays', hall6), lines('stays', last)], {
    silence: 100,
  });
  expect(await told(timeline)).toEqual(['added hall@6', 'added last@99']);
  expect(versionsAsked(asked)).toEqual(['5', '6']);
  expect(timeline.lastTrouble?.error.message).toBe(
    'nothing was heard from the watch for 0.1 s, not even a bookmark',
  );
});

test('takes any line for a sign of life', async () => {
  const bookmarks: Answer = (response) => {
    response.writeHead(200);
    let left = 6;
    const timer = setInterval(() => {
      left -= 1;
      response.write(`${left > 0 ? event(`BOOKMARK @${10 - left}`) : last}\n`);
      if (left === 0) clearInterval(timer);
    }, 100);
  };
  const { timeline, asked } = await following([list(5), bookmarks], { silence: 400 });
  expect(await told(timeline)).toEqual(['added last@99']);
  expect(versionsAsked(asked)).toEqual(['5']);
});

test.each([401, 403, 404])(
  'fails for good on %i, unless it passes as right after a start',
  async (status) => {
    const [ends, refused] = [lines('ends'), refusal(status, 'Refused')];
    const error = { name: 'ApiError', status, reason: 'Refused' };
    const { timeline } = await following([list(5), ends, refused]);
    expect(timeline.failure ?? (await new Promise((resolve) => timeline.onFailure(resolve)))).toMatchObject(
      error,
    );
    await server?.stop();
    const patient = await following([list(5), ends, refused, lines('stays', last)], { patience: 5000 });
    expect(await told(patient.timeline)).toEqual(['added last@99']);
    expect(patient.timeline.lastTrouble?.error).toMatchObject(error);
  },
);

test.each<[string, Answer[]]>([
  ['list', [refusal(503, 'ServiceUnavailable')]],
  ['watch', [list(5), refusal(503, 'ServiceUnavailable')]],
])('refuses to begin when the first %s does not work', async (_, script) => {
  await expect(following(script)).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('the server says ServiceUnavailable'),
  });
});

test('asks again while a server says that it is not ready, as right after a definition, but not for ever', async () => {
  const busy = refusal(429, 'TooManyRequests');
  const { timeline } = await following([busy, list(5), busy, lines('stays', last)], { patience: 5000 });
  expect(await told(timeline)).toEqual(['added last@99']);
  await server?.stop();
  await expect(following([busy])).rejects.toMatchObject({ status: 429 });
});

test('stops while it waits for an answer, as it is told or by its signal', async () => {
  const stopping = await following([list(5), lines('ends')]);
  await stopping.timeline.stop();
  const label = 'the watch of lamps.corral.test in house (kind=lamp)';
  expect(stopping.timeline.failure?.message).toBe(`${label} was stopped`);
  await server?.stop();
  const controller = new AbortController();
  server = await startStubServer({ script: [list(5), lines('ends')] });
  timeline = await followWith(server.connect(), lamps, { timing, signal: controller.signal });
  const failed = new Promise((resolve) => timeline?.onFailure(resolve));
  controller.abort(new Error('interrupted'));
  expect(await failed).toMatchObject({ message: 'interrupted' });
});
