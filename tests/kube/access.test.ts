import { expect, test, vi } from 'vitest';
import { type Access, accessOf, permittedRequest } from '../../e2e/kube/access.ts';
import { describeResource } from '../../e2e/kube/resources.ts';

const textOf = ({ verb, resource, group, subresource, name, namespace, ...more }: Access): string => {
  expect(more).toEqual({});
  const what = [describeResource({ group, plural: resource, version: '' }), subresource].filter(Boolean);
  return [verb, what.join('/'), name, namespace && `in ${namespace}`].filter(Boolean).join(' ');
};

test.each([
  ['GET /api/v1/namespaces/default/pods', 'list pods in default'],
  ['GET /api/v1/namespaces/default/pods?watch=true&x=1', 'watch pods in default'],
  ['GET /api/v1/namespaces/default/pods/one', 'get pods one in default'],
  ['POST /api/v1/namespaces/default/pods', 'create pods in default'],
  ['PATCH /api/v1/namespaces/default/pods/one/status', 'patch pods/status one in default'],
  ['DELETE /api/v1/namespaces/default/pods/one', 'delete pods one in default'],
  ['GET /api/v1/namespaces/default/pods/one/log?follow=true', 'get pods/log one in default'],
  ['GET /api/v1/namespaces?fieldSelector=metadata.name%3Ddefault&watch=true', 'watch namespaces default'],
  [
    'PATCH /apis/longhorn.io/v1beta2/namespaces/default/volumes/a%20b',
    'patch volumes.longhorn.io a b in default',
  ],
  ['GET /version', undefined],
])('%s wants to %s', (request, wanted) => {
  const [method = '', path = ''] = request.split(' ');
  const access = accessOf(method, path);
  expect(access && textOf(access)).toBe(wanted);
});

test('a request of who may not is not heard of', async () => {
  const refuse = () => {
    throw new Error('not this');
  };
  const send = vi.fn(async (_path: string) => new Response());
  const request = permittedRequest(send, refuse);
  await expect(request('/api/v1/pods')).rejects.toThrow('not this');
  await request('/version');
  expect(send.mock.calls.map(([path]) => path)).toEqual(['/version']);
});
