import { expect, test } from 'vitest';
import { describeResource, pathOf, resources } from '../../e2e/kube/resources.ts';

const { pods, nodes, jobs } = resources;
const lamps = { group: 'corral.test', version: 'v1beta2', plural: 'lamps' };

test.each([
  [pods, {}, '/api/v1/pods'],
  [pods, { namespace: 'default' }, '/api/v1/namespaces/default/pods'],
  [pods, { namespace: 'default', name: 'a' }, '/api/v1/namespaces/default/pods/a'],
  [nodes, { name: 'node1' }, '/api/v1/nodes/node1'],
  [jobs, { namespace: 'default' }, '/apis/batch/v1/namespaces/default/jobs'],
  [lamps, { namespace: 'x', name: 'a b' }, '/apis/corral.test/v1beta2/namespaces/x/lamps/a%20b'],
])('%o %o is at %s', (resource, where, path) => {
  expect(pathOf(resource, where)).toBe(path);
});

test('a namespace for a resource that has none is a mistake', () => {
  expect(() => pathOf(nodes, { namespace: 'default' })).toThrow(
    'nodes are not namespaced, but a namespace was given: default',
  );
});

test.each([
  [pods, 'pods'],
  [jobs, 'jobs.batch'],
])('%o is called %s', (resource, name) => {
  expect(describeResource(resource)).toBe(name);
});
