import { beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { type Answer, type StubServer, startStubServer } from '../support/stub-api-server.ts';

// What a real server does within milliseconds, and only sometimes: after a definition is Established it does
// not know the kind yet, then is still setting up its storage.

const definitions = '/apis/apiextensions.k8s.io/v1';
const custom = '/apis/corral.test/v1';
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'goats.corral.test', resourceVersion: '1' },
  spec: { group: 'corral.test', names: { kind: 'Goat', plural: 'goats' } },
};
const established = {
  ...{ ...definition, metadata: { ...definition.metadata, resourceVersion: '2' } },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
};
const goat = { apiVersion: 'corral.test/v1', kind: 'Goat', metadata: { name: 'one' } };
const served = (name: string, kind: string) => ({ resources: [{ name, kind, namespaced: false }] });

let server: StubServer;
let requests: string[];
let forced: number;
/** What is answered, one after the other; the last one again and again. */
let answers: Record<string, [status: number, body: object][]>;

beforeEach(async () => {
  requests = [];
  forced = 0;
  const list = { metadata: { resourceVersion: '1' }, items: [definition] };
  answers = {
    [`GET ${definitions}`]: [[200, served('customresourcedefinitions', 'CustomResourceDefinition')]],
    [`PATCH ${definitions}/customresourcedefinitions/goats.corral.test`]: [[201, {}]],
    [`GET ${definitions}/customresourcedefinitions`]: [[200, list]],
    [`GET ${custom}`]: [[200, served('goats', 'Goat')]],
    [`PATCH ${custom}/goats/one`]: [[201, {}]],
  };
  const answer: Answer = (response, request) => {
    const url = new URL(request.url as string, 'http://server');
    if (url.searchParams.has('watch')) {
      response.writeHead(200).flushHeaders();
      return void setTimeout(() => {
        requests.push('(Established)');
        response.write(`${JSON.stringify({ type: 'MODIFIED', object: established })}\n`);
      }, 30);
    }
    const what = `${request.method} ${url.pathname}`;
    requests.push(what);
    if (url.searchParams.get('force') === 'true') forced += 1;
    const all = answers[what] ?? [[404, { message: `no ${what}` }]];
    const [status, body] = (all.length > 1 ? all.shift() : all[0]) as [number, object];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  server = await startStubServer({ answer });
});

const apply = (...objects: object[]) =>
  applyManifests({
    kubeconfig: server.kubeconfig,
    manifests: objects.map((object) => ({ source: 'x.yaml', text: stringify(object) })),
  });

test('an object waits until its definition is Established, and is tried again while that is not served or its storage is set up', async () => {
  answers[`GET ${custom}`]?.unshift([404, {}]);
  answers[`PATCH ${custom}/goats/one`]?.unshift([429, { message: 'storage is (re)initializing' }]);
  await apply(definition, goat);
  expect(requests.filter((what) => what.includes(custom) || what === '(Established)')).toEqual([
    '(Established)',
    `GET ${custom}`,
    `GET ${custom}`,
    `PATCH ${custom}/goats/one`,
    `PATCH ${custom}/goats/one`,
  ]);
});

test('an object that is refused is not sent twice, nor is what follows it', async () => {
  answers[`PATCH ${custom}/goats/one`] = [[403, { message: 'goats are\nforbidden' }]];
  await expect(apply(definition, goat, goat)).rejects.toThrow(
    'x.yaml: document 1 (line 1): Goat one: the server refuses it: goats are forbidden',
  );
  expect(requests.filter((what) => what.startsWith(`PATCH ${custom}`))).toHaveLength(1);
});

test('only where it is asked to, it takes over fields that others have set', async () => {
  await apply(goat);
  expect(forced).toBe(0);
  const manifests = [{ source: 'x.yaml', text: stringify(goat) }];
  await applyManifests({ kubeconfig: server.kubeconfig, manifests, force: true });
  expect(forced).toBe(1);
});
