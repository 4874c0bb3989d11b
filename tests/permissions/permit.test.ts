import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accessOf } from '../../e2e/kube/access.ts';
import { allDisruptions, type Disruption } from '../../e2e/longhorn/disruptions.ts';
import { longhornNamespace } from '../../e2e/longhorn/resources.ts';
import { neededRules } from '../../e2e/permissions/needed.ts';
import { permitNeeded, permitProvider } from '../../e2e/permissions/permit.ts';
import { toRights } from '../../e2e/permissions/rights.ts';

const core = '/api/v1/namespaces';
const longhorn = '/apis/longhorn.io/v1beta2/namespaces/longhorn-system';
const pods = `${core}/longhorn-system/pods`;
const [own, shared] = [`${core}/corral-abc123-store-0f1e`, `${core}/stores`];
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const run = 'abc123';

/** What is said of a request such as `GET /api/v1/nodes`. */
const ask = (permit: ReturnType<typeof permitNeeded>, request: string): string => {
  const [method = '', path = ''] = request.split(' ');
  const access = accessOf(method, path);
  if (access === undefined) throw new Error(`${path} is no resource`);
  try {
    permit(access);
    return 'may';
  } catch (error) {
    return (error as Error).message;
  }
};

test.each<[boolean, string, Disruption[], string?]>([
  [true, `POST ${longhorn}/backups`, []],
  [true, `GET ${longhorn}/backups?watch=true`, []],
  [true, `GET ${longhorn}/backups/one`, []],
  [false, `DELETE ${longhorn}/backups`, []],
  [false, 'GET /apis/longhorn.io/v1beta2/backups', []],
  [false, 'GET /apis/longhorn.io/v1beta2/namespaces/elsewhere/backups', []],
  [false, `PATCH ${longhorn}/backups/one/status`, []],
  [false, `GET ${longhorn}/settings/default-engine-image`, []],
  [true, `GET ${longhorn}/settings/default-engine-image`, ['manager-mount']],
  [false, `PATCH ${longhorn}/settings/default-engine-image`, ['manager-mount', 'settings']],
  [true, `GET ${pods}/one/portforward?ports=8000`, []],
  [false, `GET ${own}/pods/one/portforward?ports=8000`, []],
  [false, `DELETE ${pods}/one`, ['process-hold']],
  [true, `DELETE ${pods}/one`, ['process-hold', 'manager-kill']],
  // Each store in a namespace of its own: of this run, and of no other.
  [true, `POST ${own}/configmaps`, []],
  [false, `POST ${core}/corral-zzz999-store-0f1e/configmaps`, []],
  [false, `POST ${core}/kube-system/configmaps`, []],
  [false, `DELETE ${own}/configmaps/one`, []],
  [true, `DELETE ${own}`, []],
  // All of them in one that was there before: it is not the suite's to make or remove.
  [true, `DELETE ${shared}/configmaps/one`, [], 'stores'],
  [false, `POST ${own}/configmaps`, [], 'stores'],
  [false, 'POST /api/v1/namespaces', [], 'stores'],
  [false, `DELETE ${shared}`, [], 'stores'],
])('a scenario may, %s: %s with %j, stores in %s', (may, request, disruptions, namespace) => {
  const said = ask(permitNeeded({ disruptions, namespace, run }), request);
  expect(said).toMatch(may ? /^may$/ : /^a defect of the suite: it wants to /);
});

test("Longhorn's support bundle may be asked for only where that is wanted, and is not changed", () => {
  const scope = { disruptions: [], namespace: undefined, run };
  for (const [request, may] of [
    [`GET ${longhorn}/supportbundles`, true],
    [`POST ${longhorn}/supportbundles`, true],
    [`DELETE ${longhorn}/supportbundles/one`, true],
    [`PATCH ${longhorn}/supportbundles/one`, false],
  ] as const) {
    expect(ask(permitNeeded({ ...scope, supportBundle: true }), request) === 'may').toBe(may);
    expect(ask(permitNeeded(scope), request)).not.toBe('may');
  }
});

test.each([
  [true, `GET ${core}/theirs/secrets/mine`],
  [false, `GET ${core}/theirs/secrets/another`],
  [false, `GET ${core}/theirs/secrets`],
  [false, `DELETE ${core}/theirs/secrets/mine`],
  [true, `GET ${core}/minio/services/s3`],
  [true, `GET ${core}/minio/pods`],
  [true, `GET ${core}/minio/pods/one/portforward`],
  [false, `GET ${core}/minio/services/another`],
  [false, `DELETE ${core}/minio/pods/one`],
  [false, `GET ${core}/minio/pods/one/exec`],
])('of what leads to a bucket that was there before it may, %s: %s', (may, request) => {
  const scope = { disruptions: [], namespace: undefined };
  const at = { endpoint: 'https://s3.minio.svc:9000', bucket: 'b', region: 'r', secret: 'theirs/mine' };
  for (const ownBucket of [at, undefined]) {
    const permits = [permitNeeded({ ...scope, run, ownBucket }), permitProvider({ ...scope, ownBucket })];
    for (const permit of permits) expect(ask(permit, request) === 'may').toBe(may && ownBucket !== undefined);
  }
});

test('a refusal says what was wanted, and with which disruptions', () => {
  const permit = permitNeeded({ disruptions: ['settings', 'manager-mount'], namespace: undefined, run });
  expect(ask(permit, `DELETE ${pods}/one`)).toBe(
    'a defect of the suite: it wants to delete pods one in namespace longhorn-system, which is not among the rights in e2e/permissions of a scenario with settings, manager-mount',
  );
});

test.each<[boolean, string, Disruption[]]>([
  [true, `GET ${core}/kube-system`, []],
  [false, `GET ${core}/default`, []],
  [true, `GET ${longhorn}/settings?watch=true`, []],
  [false, `POST ${longhorn}/backups`, []],
  [true, 'GET /apis/apps/v1/namespaces/stores/deployments', []],
  [false, 'GET /apis/apps/v1/namespaces/elsewhere/deployments', []],
  [false, `GET ${policies}`, []],
  [true, `GET ${policies}`, ['admission-policy']],
  [true, 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', []],
])('the provider of an existing cluster may, %s: %s with %j', (may, request, disruptions) => {
  expect(ask(permitProvider({ disruptions, namespace: 'stores' }), request) === 'may').toBe(may);
});

// What Node sent to the API server in two runs in the lab: all scenarios with every disruption allowed, their
// stores in one namespace, and one scenario with a namespace of its own. Recorded by
// tests/support/record-requests.ts, both files in one, through `sort -u`.
const recorded = readFileSync(new URL('recorded-requests.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

const rules = [undefined, 'stores'].flatMap((namespace) =>
  neededRules({ disruptions: allDisruptions, namespace }),
);
const written = (chosen: typeof rules): string[] =>
  toRights(chosen, { stores: 'stores' }).map(({ verb, group, resource, subresource, namespace = '' }) =>
    `${verb} ${resource}${group && `.${group}`}${subresource ? `/${subresource}` : ''} ${namespace}`.trimEnd(),
  );

const requested = new Set(
  recorded.map((line) => {
    const [verb, what, namespace] = line.split(' ');
    const where = namespace === undefined || namespace === longhornNamespace ? namespace : 'stores';
    return [verb, what, where].filter((part) => part !== undefined).join(' ');
  }),
);
// An exec and a forward are one request each, for which Kubernetes asks after two rights (see
// e2e/kube/access.ts).
for (const right of requested)
  if (/^get pods\/(exec|portforward) /.test(right)) requested.add(right.replace('get', 'create'));

test('what the rules say that scenarios need, they asked for, and nothing else; what is rarely asked for was not', () => {
  const often = new Set(written(rules.filter(({ rareUse }) => rareUse === undefined)));
  expect([...requested].sort()).toEqual([...often].sort());
});
