import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resources } from '../../../../e2e/kube/cluster.ts';
import type { Duration } from '../../../../e2e/kube/duration.ts';
import { longhornResources } from '../../../../e2e/longhorn/resources.ts';
import { permitNeeded } from '../../../../e2e/permissions/permit.ts';
import { type Header, openEvidence } from '../../../../e2e/suite/evidence/evidence.ts';
import { nothingCreated } from '../../../../e2e/suite/steps/created-objects.ts';
import { subjectOf } from '../../../../e2e/suite/steps/evidence/keep.ts';
import { fetchSupportBundle } from '../../../../e2e/suite/steps/evidence/support-bundle.ts';
import { type StubServer, startStubServer } from '../../../support/stub-api-server.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { acceptWebSocket, type WebSocketEnd } from '../../../support/web-socket.ts';

const { supportBundles } = longhornResources;
const [namespace, name] = ['longhorn-system', 'corral-abc123-support-bundle'];
const collection = `/apis/longhorn.io/v1beta2/namespaces/${namespace}/supportbundles`;
const answer = (status: string, type: string, length = 2): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\nPK`;

let stub: StubServer;
let folder: string;
let ends: WebSocketEnd[];
/** What Longhorn's user interface was asked, which hands it on to Longhorn, and what it answers. */
let frontend: { requests: string[]; answer: string };

beforeEach(async () => {
  [stub, folder, ends] = [await startStubServer(), await temporaryFolder(), []];
  frontend = { requests: [], answer: answer('200 OK', 'application/zip') };
  stub.put(supportBundles);
  const spec = { selector: { app: 'longhorn-ui' }, ports: [{ port: 80, targetPort: 8000 }] };
  stub.put(resources.services, { metadata: { name: 'longhorn-frontend', namespace }, spec });
  const metadata = { name: 'ui', namespace, uid: 'uid-of-ui', labels: { app: 'longhorn-ui' } };
  stub.put(resources.pods, { metadata, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  // The other end of a forward.
  stub.onUpgrade((request, socket) => {
    const end = acceptWebSocket(request, socket, 'v4.channel.k8s.io');
    ends.push(end);
    for (const channel of [0, 1]) end.send(Buffer.from([channel, 8000 & 0xff, 8000 >> 8]));
    end.onMessage((message) => {
      if (message[0] !== 0) return;
      frontend.requests.push(message.subarray(1).toString().split('\r\n')[0] ?? '');
      end.send(Buffer.concat([Buffer.from([0]), Buffer.from(frontend.answer)]));
    });
  });
});
afterEach(() => {
  for (const end of ends) end.destroy();
});

const path = (): string => join(folder, 'support-bundle.zip');
const countOf = (what: string): number => stub.requests.filter((each) => each === what).length;
const removed = (): number => countOf(`DELETE ${collection}/${name}`);
const list = (): Promise<string[]> => readdir(folder);

/** Asks for a bundle, held to what the rules say; returns how that ended. */
type How = { time?: Duration; goneWithin?: Duration; interrupted?: AbortSignal; supportBundle?: boolean };
const ended = ({ supportBundle = true, interrupted = new AbortController().signal, ...times }: How = {}) => {
  const permit = permitNeeded({ run: 'abc123', disruptions: [], namespace: undefined, supportBundle });
  const limits = { time: '20s', goneWithin: '20s', ...times } as const;
  const request = { run: 'abc123', path: path(), interrupted, ...limits };
  return fetchSupportBundle(stub.connect({ permit }), request).then(
    () => 'fetched',
    ({ message }: Error) => message,
  );
};
const change = (body: object) => stub.connect().patch(supportBundles, { namespace, name }, body);
/** Says its state when it was asked for so many times. */
const setStatus = async (status: object, { times = 1, metadata = {} } = {}): Promise<void> => {
  await expect.poll(() => countOf(`POST ${collection}`)).toBe(times);
  await change({ status, metadata });
};
const ready = { state: 'ReadyForDownload', ownerID: 'node-2', progress: 100 };

test('one that is ready is fetched from Longhorn by the node that owns it, and removed', async () => {
  const fetching = ended();
  await setStatus({ state: 'Generating', progress: 40 });
  const { metadata, spec } = await stub.connect().get(supportBundles, { namespace, name });
  expect(metadata.labels).toEqual({ 'corral.test/run': 'abc123' });
  expect(spec).toEqual({ description: "a scenario of Corral's run abc123 did not pass", issueURL: '' });
  await setStatus(ready);
  expect(await fetching).toBe('fetched');
  expect(frontend.requests).toEqual([`GET /v1/supportbundles/node-2/${name}/download HTTP/1.1`]);
  expect(await readFile(path(), 'utf8')).toBe('PK');
  expect([await list(), removed()]).toEqual([['support-bundle.zip'], 1]);
});

const failure = { type: 'Error', status: 'True', reason: 'FailedStarting', message: 'no image\nto be had' };
const notMade = 'Longhorn did not make it: Error (FailedStarting: no image to be had)';
const late =
  "not there within the 5s that Longhorn's manager of support bundles is given; it was Generating, 40 %";
const interrupted = 'not waited for, as the run was interrupted; it was ';
const endless = answer('200 OK', 'application/zip', 100);

test.each<[string, How & { becomes?: object; answered?: string; interrupts?: true }, string]>([
  [
    'fails is reported in the words of Longhorn',
    { becomes: { state: 'Error', conditions: [failure] } },
    notMade,
  ],
  // With 1 s a busy machine had not yet seen what it says.
  ['takes too long is given up', { becomes: { state: 'Generating', progress: 40 }, time: '5s' }, late],
  ['is an error is none', { answered: answer('500 No', 'application/zip') }, 'not hand it out: 500, '],
  ['is a page is none', { answered: answer('200 OK', 'text/html') }, 'hand it out: 200, text/html'],
  ['never ends leaves no half of it', { answered: endless, time: '1s' }, 'not there within the 1s '],
  ['is under way at an interruption', { becomes: { state: 'Started' }, interrupts: true }, interrupted],
])(
  'one that %s, and is removed',
  async (_, { becomes: status = ready, answered, interrupts, ...how }, message) => {
    const controller = new AbortController();
    frontend.answer = answered ?? frontend.answer;
    const fetching = ended({ ...how, interrupted: controller.signal });
    await setStatus(status);
    if (interrupts) controller.abort();
    expect(await fetching).toContain(message);
    expect([removed(), await list()]).toEqual([1, []]);
  },
);

test('one that Longhorn does not let go is reported, though it was fetched; one that it removes is over', async () => {
  const fetching = ended({ goneWithin: '100ms' });
  await setStatus(ready, { metadata: { finalizers: ['longhorn.io'] } });
  expect(await fetching).toBe(
    `it is here, but ${name} did not go within 100ms: npx corral cleanup removes it`,
  );
  expect(await list()).toEqual(['support-bundle.zip']);
  stub.remove(supportBundles, name);
  const again = ended();
  await setStatus({ state: 'Started' }, { times: 2 });
  stub.remove(supportBundles, name);
  expect(await again).toBe('Longhorn did not make it: deleted as Started');
});

test("of two scenarios of a run one has it, and the other says so; somebody else's is never given up for it, and one that failed is in nobody's way", async () => {
  const theirs = (status: object): void =>
    stub.put(supportBundles, { metadata: { name: 'theirs', namespace, uid: 'u' }, status });
  theirs(ready);
  expect(await ended()).toBe("not asked for: Longhorn would give up theirs for it, which is not this run's");
  expect(countOf(`POST ${collection}`)).toBe(0);
  theirs({ state: 'Error' });
  const first = ended();
  await setStatus({ state: 'Started' });
  const message =
    'not asked for: it is being made for another scenario of this run, and is of the whole cluster';
  expect([await ended(), removed()]).toEqual([message, 0]);
  await setStatus(ready);
  expect(await first).toBe('fetched');
  // Both at the same moment: the API server decides.
  const both = [ended(), ended()];
  await setStatus(ready, { times: 3 });
  expect((await Promise.all(both)).sort()).toEqual(['fetched', message]);
});

const unknown = 'the cluster knows no supportbundles.longhorn.io (404): the emulator makes none';

test('where the API server refuses it, that is why; what was not asked for by a flag is never sent', async () => {
  expect(await ended({ supportBundle: false })).toMatch(
    /wants to list supportbundles.longhorn.io in .* not among/,
  );
  expect(stub.requests).toEqual([]);
  for (const [status, message] of Object.entries({ 404: unknown, 403: 'may not list' })) {
    const body = JSON.stringify({ kind: 'Status', reason: 'No', message: 'you may not list them' });
    stub.answer(Number(status), body);
    expect(await ended()).toContain(message);
  }
});

test('the evidence of a scenario has it where it is wanted, or says why not; where it is not wanted, nobody asks', async () => {
  /** The evidence of a scenario, as its steps keep it; returns its folder. */
  const keep = async (out: string, supportBundle: boolean): Promise<string> => {
    const header = { recording: 'x', round: 1 } as Header;
    const ignored = { onExpected: () => () => {}, onError: () => {} };
    const evidence = openEvidence({ out, header, cluster: stub.connect(), supportBundle, ...ignored });
    const own = { made: nothingCreated(), own: { targets: [], stores: [] }, pages: [] };
    const { recorder } = evidence;
    recorder.keep(subjectOf(recorder, { run: 'abc123', ...own, timelines: () => undefined }));
    await evidence.collectAll();
    await evidence.close();
    return join(out, 'evidence/x');
  };
  const wanted = keep(join(folder, 'wanted'), true);
  await setStatus(ready);
  expect((await readdir(await wanted)).sort()).toEqual(['history.ndjson', 'support-bundle.zip']);
  stub.answer(404);
  const none = await keep(join(folder, 'none'), true);
  expect(await readFile(join(none, 'not-collected.txt'), 'utf8')).toBe(`support-bundle.zip: ${unknown}\n`);
  const before = stub.requests.length;
  await keep(join(folder, 'not wanted'), false);
  expect(stub.requests).toHaveLength(before);
});
