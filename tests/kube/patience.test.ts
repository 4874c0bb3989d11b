import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { follow } from '../../e2e/history/watch.ts';
import { ApiError, type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { type Health, openHealth } from '../../e2e/kube/health.ts';
import { patiently } from '../../e2e/kube/patience.ts';
import { end, listen } from '../support/serving.ts';
import { type Answer, type StubServer, startStubServer } from '../support/stub-api-server.ts';
import { brokenOff, event, found, lines, list, refusal } from '../support/watch-script.ts';

const { configMaps } = resources;
const where = { namespace: 'house', name: 'hall' };
const labels = { run: 'abc123' };

let health: Health;
let server: StubServer | undefined;
beforeEach(() => {
  health = openHealth();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const asking = async <T>(script: Answer[], ask: (cluster: Cluster) => Promise<T>) => {
  server = await startStubServer({ script });
  const ended = await ask(server.connect({ health })).then(
    (result) => ({ result }),
    (error: Error) => ({ error }),
  );
  return {
    ended,
    methods: server.asked.map((what) => what.split(' ')[0]).join(' '),
    told: health.told()?.title,
  };
};

const get = (cluster: Cluster): Promise<unknown> => cluster.get(configMaps, where);
const make = (cluster: Cluster): Promise<unknown> =>
  cluster.create(configMaps, { metadata: { ...where, labels } });
const makeBare = (cluster: Cluster): Promise<unknown> => cluster.create(configMaps, { metadata: where });
const makeNameless = (cluster: Cluster): Promise<unknown> =>
  cluster.create(configMaps, { metadata: { namespace: 'house', generateName: 'hall-', labels } });
const change = (cluster: Cluster): Promise<unknown> => cluster.patch(configMaps, where, { data: { a: '1' } });
const changeVersion = (cluster: Cluster): Promise<unknown> =>
  cluster.patch(configMaps, where, { metadata: { resourceVersion: '7' } });
const apply = (cluster: Cluster): Promise<unknown> =>
  cluster.apply({ metadata: where }, { resource: configMaps });
const remove = (cluster: Cluster): Promise<unknown> => cluster.delete(configMaps, where, { uid: 'u' });

const down = refusal(503, 'ServiceUnavailable');
const busy = refusal(429, 'TooManyRequests');
const there = refusal(409, 'AlreadyExists');
const hall = { metadata: { name: 'hall', labels } };
const away = expect.stringMatching(/^The API server did not answer for [\d.]+ m?s$/);
const broken = (method: string) => new RegExp(`^${method} .*: socket hang up$`);

describe('what the server has not worked on, or may do twice, is sent again', () => {
  test.each<[string, Answer[], typeof get, string]>([
    ['a GET whose connection breaks', [brokenOff, found('hall', labels)], get, 'GET GET'],
    [
      'a GET that is answered 503, 504 and 500',
      [down, refusal(504, 'Timeout'), refusal(500, 'InternalError'), found('hall', labels)],
      get,
      'GET GET GET GET',
    ],
    ['a PATCH', [brokenOff, found('hall', labels)], change, 'PATCH PATCH'],
    ['an apply', [down, found('hall', labels)], apply, 'PATCH PATCH'],
    ['a POST', [brokenOff, found('hall', labels)], make, 'POST POST'],
    [
      'a POST of what is there then, with the labels that were sent',
      [brokenOff, there, found('hall', labels)],
      make,
      'POST POST GET',
    ],
  ])('%s', async (_, script, ask, methods) => {
    expect(await asking(script, ask)).toEqual({ ended: { result: hall }, methods, told: away });
  });

  test('a DELETE, which is done when there is nothing more, or another object', async () => {
    for (const end of [refusal(404, 'NotFound'), refusal(409, 'Conflict'), found('hall')]) {
      expect(await asking([brokenOff, end], remove)).toEqual({
        ended: { result: undefined },
        methods: 'DELETE DELETE',
        told: away,
      });
      await server?.stop();
    }
    server = undefined;
  });

  test.each([
    ['POST', makeNameless],
    ['PATCH', changeVersion],
  ])('any %s that was put off, when the server asked for that', async (method, ask) => {
    const before = performance.now();
    const asked = await asking(
      [busy, refusal(429, 'TooManyRequests', { retryAfter: 1 }), found('hall', labels)],
      ask,
    );
    expect(asked).toEqual({
      ended: { result: hall },
      methods: `${method} ${method} ${method}`,
      told: 'The API server put 2 requests off',
    });
    expect(performance.now() - before).toBeGreaterThan(1000);
    expect(health.told()?.isOutage).toBe(false);
  });

  test('what is refused (403) right after an outage', async () => {
    const asked = await asking(
      [down, refusal(403, 'Forbidden'), refusal(401, 'Unauthorized'), found('hall', labels)],
      get,
    );
    expect(asked).toEqual({ ended: { result: hall }, methods: 'GET GET GET GET', told: away });
  });
});

describe('nothing else is', () => {
  test.each<[string, Answer[], typeof get, string, RegExp]>([
    ['a POST without a name', [brokenOff], makeNameless, 'POST', broken('POST')],
    ['a PATCH of one resourceVersion', [brokenOff], changeVersion, 'PATCH', broken('PATCH')],
  ])('%s whose connection breaks', async (_, script, ask, methods, message) => {
    const error = expect.objectContaining({ message: expect.stringMatching(message) });
    expect(await asking(script, ask)).toEqual({ ended: { error }, methods, told: away });
  });

  test.each<[string, Answer[], typeof get, string, number, unknown]>([
    [
      'a webhook fails',
      [refusal(500, 'InternalError', { message: 'failed calling webhook "x"' })],
      make,
      'POST',
      500,
      undefined,
    ],
    ['it is refused while all is well', [refusal(403, 'Forbidden')], get, 'GET', 403, undefined],
    ['it is there already', [there], make, 'POST', 409, undefined],
    ['it is not there', [refusal(404, 'NotFound')], remove, 'DELETE', 404, undefined],
    [
      'it is there, and has not the labels',
      [brokenOff, there, found('hall')],
      make,
      'POST POST GET',
      409,
      away,
    ],
    ['it is there, and none were sent', [brokenOff, there], makeBare, 'POST POST', 409, away],
    [
      'it is there, and gone when it is looked at',
      [brokenOff, there, refusal(404, 'NotFound')],
      make,
      'POST POST GET',
      409,
      away,
    ],
    [
      'it is not there, after it was only put off',
      [busy, refusal(404, 'NotFound')],
      remove,
      'DELETE DELETE',
      404,
      'The API server put 1 request off',
    ],
    [
      'it is not there, after a broken connection',
      [brokenOff, refusal(404, 'NotFound')],
      get,
      'GET GET',
      404,
      away,
    ],
  ])('where %s', async (_, script, ask, methods, status, told) => {
    const asked = await asking(script, ask);
    expect(asked).toEqual({ ended: { error: expect.any(ApiError) }, methods, told });
    expect(asked.ended).toMatchObject({ error: { status } });
  });

  test('when who asked is over', async () => {
    const asked = asking([down, found('hall', labels)], make);
    while (health.told() === undefined) await sleep(1);
    health.abandon();
    expect(await asked).toMatchObject({ ended: { error: { status: 503 } }, methods: 'POST' });
  });

  test('when the patience is over', async () => {
    let sent = 0;
    const send = () => {
      sent += 1;
      return Promise.reject(new ApiError('down', { status: 503, reason: '' }));
    };
    const patience = { time: 300, first: 20, longest: 40 };
    await expect(patiently(send, { health, resend: { again: true }, patience })).rejects.toThrow('down');
    expect(sent).toBeGreaterThanOrEqual(5);
    expect(sent).toBeLessThanOrEqual(10);
  });

  test('without a health', async () => {
    server = await startStubServer({ script: [down, found('hall')] });
    await expect(get(server.connect())).rejects.toMatchObject({ status: 503 });
  });
});

test('a connection that is refused got nowhere: even what may be done only once is sent again', async () => {
  const listener = createServer((_, response) => response.end(JSON.stringify(hall)));
  const port = await listen(listener);
  await end(listener);
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    return response.json();
  };
  const asked = patiently(ask, { health, resend: { again: false } });
  while (health.told() === undefined) await sleep(1);
  listener.listen(port, '127.0.0.1');
  expect(await asked).toEqual(hall);
  expect(health.told()).toMatchObject({
    isOutage: true,
    detail: expect.stringMatching(
      /^from .*Z, for [\d.]+ m?s: \d+ requests? without an answer \(the last: .*\); \d+ sent again$/,
    ),
  });
  await end(listener);
});

describe('a watch', () => {
  test('begins when the server is back', async () => {
    server = await startStubServer({
      script: [down, list(5), brokenOff, lines('stays', event('ADDED last@99'))],
    });
    const timeline = await follow(server.connect({ health }), configMaps, { namespace: 'house' });
    expect(health.told()).toMatchObject({ title: away, isOutage: true });
    await timeline.stop();
  });

  test('that was stopped is no answer of the server', async () => {
    server = await startStubServer({ script: [list(5), lines('ends'), down] });
    const timeline = await follow(server.connect({ health }), configMaps, { namespace: 'house' });
    // The one after that hangs: the script is over.
    while ((server?.asked.length ?? 0) < 4) await sleep(1);
    await timeline.stop();
    expect(health.told()?.detail).toMatch(/ and still: /);
  });
});
