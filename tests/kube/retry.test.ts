import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { ApiError, BrokenStream, NoAnswer } from '../../e2e/kube/errors.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { outageOf } from '../../e2e/kube/outage.ts';
import { sendWithRetries } from '../../e2e/kube/retry.ts';
import { isEarlyRefusal } from '../../e2e/longhorn/early-refusal.ts';
import { end, freePort } from '../support/serving.ts';
import { type Answer, serveStub, startStubServer } from '../support/stub-api-server.ts';
import { brokenOff, found, refusal } from '../support/watch-script.ts';

const { configMaps } = resources;
const where = { namespace: 'house', name: 'hall' };
const labels = { run: 'abc123' };

const asking = async <T>(script: Answer[], ask: (cluster: Cluster) => Promise<T>) => {
  const health = openHealth({ isEarly: isEarlyRefusal });
  const server = await serveStub({ script });
  const ended = await ask(server.connect({ health })).then(
    (result) => ({ result }),
    (error: Error) => ({ error }),
  );
  const methods = server.requests.map((what) => what.split(' ')[0]).join(' ');
  await server.stop();
  const summary = health.summary();
  const isBehind = summary?.code === 'webhook-behind';
  const kind = summary?.isOutage ? 'an outage: ' : isBehind ? 'behind: ' : '';
  return { ended, methods, summary: summary && `${kind}${summary.title}` };
};

type Ask = (cluster: Cluster) => Promise<unknown>;
const making =
  (metadata: object): Ask =>
  (cluster) =>
    cluster.create(configMaps, { metadata } as KubernetesObject);
const [make, makeBare] = [making({ ...where, labels }), making(where)];
const tryMake: Ask = (cluster) => cluster.create(configMaps, { metadata: where }, { dryRun: true });
const makeNameless = making({ namespace: 'house', generateName: 'hall-', labels });
const get: Ask = (cluster) => cluster.get(configMaps, where);
const changeVersion: Ask = (cluster) =>
  cluster.patch(configMaps, where, { metadata: { resourceVersion: '7' } });
const remove: Ask = (cluster) => cluster.delete(configMaps, where, { uid: 'u' });

const down = refusal(503, 'ServiceUnavailable');
const busy = refusal(429, 'TooManyRequests');
const there = refusal(409, 'AlreadyExists');
const missing = refusal(404, 'NotFound');
const hall = { metadata: { name: 'hall', labels } };
const away = expect.stringMatching(/^an outage: The API server did not answer for [\d.]+ m?s$/);
const broken = (method: string) => ({
  message: expect.stringMatching(new RegExp(`^${method} .*: socket hang up$`)),
});

describe('what the server has not worked on, or may do twice, is sent again', () => {
  const hallThere = found('hall', labels);
  const done = { result: undefined };
  const twice = 'The API server was too busy for 2 requests';
  const [timeout, internal] = [refusal(504, 'Timeout'), refusal(500, 'InternalError')];
  const later = refusal(429, 'TooManyRequests', { retryAfter: 1 });
  const denied = (by: string, why: string) =>
    refusal(422, 'Invalid', { message: `admission webhook "${by}.longhorn.io" denied the request: ${why}` });
  const unseen = denied('validator', 'failed to get backup target T: backuptarget.longhorn.io "T" not found');
  const half = denied('mutator', 'BUG: backup target name and volume name cannot be empty');
  const noSnapshot = denied('validator', 'snapshot <nil> is invalid');
  const why = 'denied request: backup target T is not available';
  const byPolicy = refusal(422, 'Invalid', {
    message: `ValidatingAdmissionPolicy 'longhorn-emulator-x' with binding 'longhorn-emulator-x' ${why}`,
  });
  const rejected = 'behind: An admission webhook had not seen new objects yet and rejected 2 requests';
  const refused = [refusal(403, 'Forbidden'), refusal(401, 'Unauthorized')];
  test.concurrent.each<[string, Answer[], typeof get, string, (object | undefined)?, unknown?]>([
    ['a GET whose connection breaks', [brokenOff], get, 'GET GET'],
    ['a GET that is answered 503, 504 and 500', [down, timeout, internal], get, 'GET GET GET GET'],
    ['a POST', [brokenOff], make, 'POST POST'],
    ['a POST of what is there then, with the labels sent', [brokenOff, there], make, 'POST POST GET'],
    ['a DELETE of what is gone then', [brokenOff, missing], remove, 'DELETE DELETE', done],
    ['a DELETE of another object', [brokenOff, refusal(409, 'Conflict')], remove, 'DELETE DELETE', done],
    ['any POST that was put off', [busy, busy], makeNameless, 'POST POST POST', undefined, twice],
    ['any PATCH that was put off', [busy, later], changeVersion, 'PATCH PATCH PATCH', undefined, twice],
    ['what a webhook refused too early', [unseen, half], makeNameless, 'POST POST POST', undefined, rejected],
    [
      'what a policy of the emulator refused too early',
      [byPolicy, unseen],
      make,
      'POST POST POST',
      undefined,
      rejected,
    ],
    ['a dry run refused too early', [unseen, noSnapshot], tryMake, 'POST POST POST', undefined, rejected],
    ['what is refused (403) right after an outage', [down, ...refused], get, 'GET GET GET GET'],
  ])('%s', async (_, script, ask, methods, result = { result: hall }, summary = away) => {
    const before = performance.now();
    expect(await asking([...script, hallThere], ask)).toEqual({ ended: result, methods, summary });
    // As long as it was put off.
    if (script.includes(later)) expect(performance.now() - before).toBeGreaterThan(1000);
  });
});

describe('nothing else is', () => {
  const hook = refusal(500, 'InternalError', { message: 'failed calling webhook "x"' });
  const wrong = 'admission webhook "validator.longhorn.io" denied the request: invalid size';
  const no = refusal(422, 'Invalid', { message: wrong });
  const once = 'The API server was too busy for 1 request';
  const conflict = { status: 409 };
  test.concurrent.each<[string, Answer[], typeof get, string, object, unknown?]>([
    ['a POST without a name is cut', [brokenOff], makeNameless, 'POST', broken('POST'), away],
    ['a PATCH of one resourceVersion is cut', [brokenOff], changeVersion, 'PATCH', broken('PATCH'), away],
    ['a webhook fails', [hook], make, 'POST', { status: 500 }],
    ['a webhook refuses it', [no], make, 'POST', { status: 422 }],
    ['it is there already', [there], make, 'POST', conflict],
    ['it has not the labels', [brokenOff, there, found('hall')], make, 'POST POST GET', conflict, away],
    ['it is there, and none were sent', [brokenOff, there], makeBare, 'POST POST', conflict, away],
    ['it is gone, and was put off', [busy, missing], remove, 'DELETE DELETE', { status: 404 }, once],
  ])('where %s', async (_, script, ask, methods, error, summary) => {
    const outcome = await asking(script, ask);
    expect(outcome).toEqual({ ended: { error: expect.any(Error) }, methods, summary });
    expect(outcome.ended).toMatchObject({ error });
  });

  test('when who asked is over', async () => {
    const script = [down, found('hall', labels)];
    const server = await startStubServer({ script });
    const health = openHealth();
    const made = make(server.connect({ health }));
    while (health.summary() === undefined) await sleep(1);
    health.abandon();
    await expect(made).rejects.toMatchObject({ status: 503 });
    expect(script).toHaveLength(1);
  });
});

test('a connection that is refused got nowhere: even what may be done only once is sent again', async () => {
  const health = openHealth();
  const listener = createServer((_, response) => response.end(JSON.stringify(hall)));
  const port = await freePort();
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).json();
  const request = sendWithRetries(ask, { health, resend: { isSafe: false } });
  while (health.summary() === undefined) await sleep(1);
  listener.listen(port, '127.0.0.1');
  expect(await request).toEqual(hall);
  const detail =
    /^from .*Z, for [\d.]+ m?s: \d+ requests? without an answer \(the last: .*\); \d+ sent again$/;
  expect(health.summary()).toMatchObject({ isOutage: true, detail: expect.stringMatching(detail) });
  await end(listener);
});

test('how long answers took is kept, but for what was refused', async () => {
  const health = openHealth();
  const script: Answer[] = [
    async (...to) => {
      await sleep(120);
      found('hall')(...to);
    },
    found('hall'),
    async (...to) => {
      await sleep(300);
      missing(...to);
    },
  ];
  const server = await serveStub({ script });
  const cluster = server.connect({ health });
  expect(health.slowestSince(0)).toBeUndefined();
  await get(cluster);
  expect(health.slowestSince(0)).toBeGreaterThan(115);
  const between = Date.now() + 1;
  await sleep(5);
  await get(cluster);
  await expect(get(cluster)).rejects.toThrow('404');
  expect(health.slowestSince(between)).toBeLessThan(health.slowestSince(0) ?? 0);
  await server.stop();
});

const answered = (status: number, message = 'no') => new ApiError(message, { status, reason: 'x' });
const failed = (details: object) => Object.assign(new Error('no'), details);

test.each<[string, unknown, ReturnType<typeof outageOf>]>([
  ['a refused connection', failed({ code: 'ECONNREFUSED', syscall: 'connect' }), 'refused'],
  ['a name server that does not answer', failed({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), 'refused'],
  ['a host that there is not', failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), undefined],
  ['a connection that breaks', failed({ code: 'ECONNRESET', syscall: 'read' }), 'unknown'],
  ['an answer that never came', new NoAnswer('no'), 'unknown'],
  [
    'what came of one of these',
    new Error('no', { cause: new Error('no', { cause: failed({ code: 'EPIPE' }) }) }),
    'unknown',
  ],
  ['a stream that cannot be opened', new BrokenStream('no', { isUnopened: true }), 'refused'],
  ['a stream that broke', new BrokenStream('no', { cause: failed({ code: 'ECONNRESET' }) }), undefined],
  ['429', answered(429), 'later'],
  ['500', answered(500, 'etcdserver: leader changed'), 'unknown'],
  ['500 of a webhook', answered(500, 'failed calling webhook "validator.longhorn.io"'), undefined],
  ['503', answered(503), 'unknown'],
  ['404', answered(404), undefined],
])('%s', (_, error, trouble) => expect(outageOf(error)).toBe(trouble));
