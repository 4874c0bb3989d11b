import { expect, test } from 'vitest';
import { type Access, accessOf } from '../../e2e/kube/access.ts';
import { describeResource } from '../../e2e/kube/resources.ts';

const textOf = ({ verb, resource, group, subresource, name, namespace, ...more }: Access): string => {
  expect(more).toEqual({});
  const what = [describeResource({ group, plural: resource, version: '' }), subresource].filter(Boolean);
  return [verb, what.join('/'), name, namespace && `in ${namespace}`].filter(Boolean).join(' ');
};

// What else there is to read in a request, tests/permissions/permit.test.ts asks for.
test.each([
  ['GET /api/v1/namespaces/default/pods?watch=true&x=1', 'watch pods in default'],
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
