import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resources } from '../../../../e2e/kube/cluster.ts';
import type { Duration } from '../../../../e2e/kube/duration.ts';
import { longhornResources } from '../../../../e2e/longhorn/resources.ts';
import { permitNeeded } from '../../../../e2e/permissions/permit.ts';
import { type Header, openEvidence } from '../../../../e2e/suite/evidence/evidence.ts';
import { keepEvidence } from '../../../../e2e/suite/steps/evidence/keep.ts';
import { fetchSupportBundle } from '../../../../e2e/suite/steps/evidence/support-bundle.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import { type StubServer, startStubServer } from '../../../support/stub-api-server.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { acceptWebSocket, type WebSocketEnd } from '../../../support/web-socket.ts';

const namespace = 'longhorn-system';
const name = 'corral-abc123-support-bundle';
const collection = `/apis/longhorn.io/v1beta2/namespaces/${namespace}/supportbundles`;
let stub: StubServer;
let folder: string;
let ends: WebSocketEnd[];
let frontend: { requests: string[]; answer: string };

// What Longhorn's user interface hands on to Longhorn, at the other end of a forward.
const serve = (end: WebSocketEnd): void => {
  ends.push(end);
  for (const channel of [0, 1]) end.send(Buffer.from([channel, 8000 & 0xff, 8000 >> 8]));
  end.onMessage((message) => {
    if (message[0] !== 0) return;
    frontend.requests.push(message.subarray(1).toString().split('\r\n')[0] ?? '');
    end.send(Buffer.concat([Buffer.from([0]), Buffer.from(frontend.answer)]));
  });
};
const answer = (status: string, type: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

beforeEach(async () => {
  [stub, folder, ends] = [await startStubServer({ uid: 'u' }), await temporaryFolder(), []];
  frontend = { requests: [], answer: answer('200 OK', 'application/zip', 'PK and so on') };
  stub.put(longhornResources.supportBundles);
  stub.put(resources.services, {
    metadata: { name: 'longhorn-frontend', namespace },
    spec: { selector: { app: 'longhorn-ui' }, ports: [{ port: 80, targetPort: 8000 }] },
  });
  stub.put(resources.pods, {
    metadata: { name: 'ui', namespace, uid: 'uid-of-ui', labels: { app: 'longhorn-ui' } },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  stub.onUpgrade((request, socket) => serve(acceptWebSocket(request, socket, 'v4.channel.k8s.io')));
});
afterEach(async () => {
  for (const end of ends) end.destroy();
  await stub.stop();
});

const path = (): string => join(folder, 'support-bundle.zip');
const asked = (what: string): number => stub.asked.filter((each) => each === what).length;

/** Asks for a bundle, held to what the rules say. */
type How = { time?: Duration; goneWithin?: Duration; interrupted?: AbortSignal };
const fetchIt = ({
  time = '20s',
  goneWithin = '20s',
  interrupted = new AbortController().signal,
}: How = {}) => {
  const permit = permitNeeded({ run: 'abc123', disruptions: [], namespace: undefined, supportBundle: true });
  const cluster = stub.connect({ permit });
  return fetchSupportBundle(cluster, { run: 'abc123', path: path(), interrupted, time, goneWithin });
};
const ended = (how: How = {}): Promise<string> =>
  fetchIt(how).then(
    () => 'fetched',
    ({ message }: Error) => message,
  );
/** Resolves when it was asked for; what it was asked for with stays as it is but for the state. */
const says = async (...states: Record<string, unknown>[]): Promise<void> => {
  await expect.poll(() => asked(`POST ${collection}`)).toBe(1);
  const cluster = stub.connect();
  for (const status of states)
    await cluster.patch(longhornResources.supportBundles, { namespace, name }, { status });
};
const ready = { state: 'ReadyForDownload', ownerID: 'node-2', progress: 100 };

const removed = (): number => asked(`DELETE ${collection}/${name}`);
const list = (): Promise<string[]> => readdir(folder);

test('one that is ready is fetched from Longhorn by the node that owns it, and removed', async () => {
  const fetching = ended();
  await says({ state: 'Generating', progress: 40 });
  const cluster = stub.connect();
  const { metadata, spec } = await cluster.get(longhornResources.supportBundles, { namespace, name });
  expect(metadata.labels).toEqual({ 'corral.test/run': 'abc123' });
  expect(spec).toEqual({ description: "a scenario of Corral's run abc123 did not pass", issueURL: '' });
  await says(ready);
  expect(await fetching).toBe('fetched');
  expect(frontend.requests).toEqual([`GET /v1/supportbundles/node-2/${name}/download HTTP/1.1`]);
  expect(await readFile(path(), 'utf8')).toBe('PK and so on');
  expect([await list(), removed()]).toEqual([['support-bundle.zip'], 1]);
});

const failure = { type: 'Error', status: 'True', reason: 'FailedStarting', message: 'no image\nto be had' };
const endless = answer('200 OK', 'application/zip', 'PK').replace(
  /Content-Length: \d+/,
  'Content-Length: 100',
);

test.each<[string, How & { says?: Record<string, unknown>; answered?: string; interrupts?: true }, RegExp]>([
  [
    'fails is told in the words of Longhorn',
    { says: { state: 'Error', conditions: [failure] } },
    /^Longhorn did not make it: Error \(FailedStarting: no image to be had\)$/,
  ],
  [
    'takes too long is given up',
    { says: { state: 'Generating', progress: 40 }, time: '1500ms' },
    /^not there within the 1500ms that Longhorn's manager of support bundles is given; it was Generating, 40 %$/,
  ],
  [
    'is answered as an error is none',
    { answered: answer('500 No', 'application/zip', 'PK') },
    /^Longhorn did not hand it out: 500, application\/zip$/,
  ],
  [
    'is answered as a page is none',
    { answered: answer('200 OK', 'text/html', 'PK') },
    /^Longhorn did not hand it out: 200, text\/html$/,
  ],
  ['never ends leaves no half of it', { answered: endless, time: '3s' }, /^not there within the 3s /],
  [
    'is under way at an interruption is not waited for',
    { says: { state: 'Started' }, interrupts: true },
    /^not waited for, as the run was interrupted; it was /,
  ],
])('one that %s, and is removed', async (_, { says: status = ready, answered, interrupts, time }, told) => {
  const controller = new AbortController();
  frontend.answer = answered ?? frontend.answer;
  const fetching = ended({ ...(time && { time }), interrupted: controller.signal });
  await says(status);
  if (interrupts) controller.abort();
  expect(await fetching).toMatch(told);
  expect([removed(), await list()]).toEqual([1, []]);
});

test('one that Longhorn does not let go is told of, though it was fetched; one that it removes is over', async () => {
  const fetching = ended({ goneWithin: '100ms' });
  await says();
  await stub
    .connect()
    .patch(
      longhornResources.supportBundles,
      { namespace, name },
      { metadata: { finalizers: ['longhorn.io'] }, status: ready },
    );
  expect(await fetching).toBe(`it is here, but ${name} did not go within 100ms: npm run cleanup removes it`);
  expect(await list()).toEqual(['support-bundle.zip']);
  stub.remove(longhornResources.supportBundles, name);
  const again = ended();
  await expect.poll(() => asked(`POST ${collection}`)).toBe(2);
  await stub
    .connect()
    .patch(longhornResources.supportBundles, { namespace, name }, { status: { state: 'Started' } });
  stub.remove(longhornResources.supportBundles, name);
  expect(await again).toBe('Longhorn did not make it: deleted as Started');
});

test('of two scenarios of a run one has it, and the other says so', async () => {
  const first = ended();
  await says({ state: 'Started' });
  const message =
    'not asked for: it is being made for another scenario of this run, and is of the whole cluster';
  expect([await ended(), removed()]).toEqual([message, 0]);
  await says(ready);
  expect(await first).toBe('fetched');
  // Both at the same moment: the API server decides.
  const both = [ended(), ended()];
  await expect.poll(() => asked(`POST ${collection}`)).toBe(3);
  const cluster = stub.connect();
  await cluster.patch(longhornResources.supportBundles, { namespace, name }, { status: ready });
  expect((await Promise.all(both)).sort()).toEqual(['fetched', message]);
});

test("somebody else's is never given up for it; one that failed is in nobody's way", async () => {
  const theirs = (status: object): void =>
    stub.put(longhornResources.supportBundles, { metadata: { name: 'theirs', namespace, uid: 'u' }, status });
  theirs(ready);
  expect(await ended()).toBe("not asked for: Longhorn would give up theirs for it, which is not this run's");
  expect(asked(`POST ${collection}`)).toBe(0);
  theirs({ state: 'Error' });
  const fetching = ended();
  await says(ready);
  expect(await fetching).toBe('fetched');
});

const unknown = 'the cluster knows no supportbundles.longhorn.io (404): the emulator makes none';

test.each([
  [404, unknown],
  [403, 'may not list supportbundles'],
])('where the API server says %i, that is why', async (status, message) => {
  stub.answer(
    status,
    JSON.stringify({ kind: 'Status', reason: 'No', message: 'you may not list supportbundles' }),
  );
  expect(await ended()).toContain(message);
});

test('what was not asked for by a flag is not permitted, and never sent', async () => {
  const permit = permitNeeded({ run: 'abc123', disruptions: [], namespace: undefined });
  const interrupted = new AbortController().signal;
  await expect(
    fetchSupportBundle(stub.connect({ permit }), { run: 'abc123', path: path(), interrupted }),
  ).rejects.toThrow(
    /wants to list supportbundles.longhorn.io in namespace longhorn-system, which is not among/,
  );
  expect(stub.asked).toEqual([]);
});

test('the evidence of a scenario has it where it is wanted, or says why not; where it is not wanted, nobody asks', async () => {
  /** The evidence of a scenario, as its steps keep it; returns its folder. */
  const keep = async (out: string, supportBundle: boolean): Promise<string> => {
    const evidence = openEvidence({
      out,
      header: { recording: 'A backup waits', round: 1 } as Header,
      cluster: stub.connect(),
      supportBundle,
      onExpected: () => () => {},
      onTrouble: () => {},
    });
    keepEvidence(evidence.recorder, {
      run: 'abc123',
      made: nothingMade(),
      target: 't',
      place: { namespace: 's' },
      disruptions: [],
    });
    await evidence.collectAll();
    await evidence.close();
    return join(out, 'evidence/a-backup-waits');
  };
  const wanted = keep(join(folder, 'wanted'), true);
  await says(ready);
  expect((await readdir(await wanted)).sort()).toEqual(['history.ndjson', 'support-bundle.zip']);
  stub.answer(404);
  const none = await keep(join(folder, 'none'), true);
  expect(await readFile(join(none, 'not-collected.txt'), 'utf8')).toBe(`support-bundle.zip: ${unknown}\n`);
  const before = stub.asked.length;
  await keep(join(folder, 'not wanted'), false);
  expect(stub.asked).toHaveLength(before);
});
