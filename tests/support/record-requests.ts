import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { accessOf } from '../../e2e/kube/access.ts';

// Loaded into every process of a run, as NODE_OPTIONS="--import=$PWD/tests/support/record-requests.ts"
// CORRAL_RECORDED_REQUESTS=FILE npx corral e2e ... it writes a line for each kind of request that the
// scenarios send to the API server, however they make it: verb, resource and namespace. It knows nothing of
// e2e/permissions, which is compared with what it wrote (see tests/permissions/permit.test.ts).
const file = process.env.CORRAL_RECORDED_REQUESTS;
const known = new Set<string>();

const take = ({ method, path }: ClientRequest): void => {
  const access = accessOf(method, path);
  // A cluster is brought up and looked at by other processes than vitest's workers.
  if (file === undefined || access === undefined || process.env.VITEST_POOL_ID === undefined) return;
  const { verb, group, resource, subresource, namespace: where = '' } = access;
  // A store's own namespace has another name in each run.
  const namespace = where.replace(/^corral-.*/, 'corral');
  const line = [
    verb,
    `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`,
    namespace,
  ];
  const text = line.join(' ').trimEnd();
  if (known.has(text)) return;
  known.add(text);
  appendFileSync(file, `${text}\n`);
};

subscribe('http.client.request.start', (message) => take((message as { request: ClientRequest }).request));
