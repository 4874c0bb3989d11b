import { describe, expect, test } from 'vitest';
import { type Access, accessOf, permittedExec, permittedRequest } from '../../e2e/kube/access.ts';

const core = (access: Partial<Access> & { verb: string; resource: string }): Access => ({
  group: '',
  ...access,
});
const inDefault = { namespace: 'default' };

describe('what a request wants', () => {
  test.each<[string, string, Access | undefined]>([
    ['GET', '/api/v1/namespaces/default/pods', core({ verb: 'list', resource: 'pods', ...inDefault })],
    ['GET', '/api/v1/pods?labelSelector=a%3Db', core({ verb: 'list', resource: 'pods' })],
    [
      'GET',
      '/api/v1/namespaces/default/pods?watch=true&x=1',
      core({ verb: 'watch', resource: 'pods', ...inDefault }),
    ],
    [
      'GET',
      '/api/v1/namespaces/default/pods?watch=false',
      core({ verb: 'list', resource: 'pods', ...inDefault }),
    ],
    [
      'GET',
      '/api/v1/namespaces/default/pods/one',
      core({ verb: 'get', resource: 'pods', name: 'one', ...inDefault }),
    ],
    ['POST', '/api/v1/namespaces/default/pods', core({ verb: 'create', resource: 'pods', ...inDefault })],
    [
      'PUT',
      '/api/v1/namespaces/default/pods/one',
      core({ verb: 'update', resource: 'pods', name: 'one', ...inDefault }),
    ],
    [
      'PATCH',
      '/api/v1/namespaces/default/pods/one/status',
      core({ verb: 'patch', resource: 'pods', subresource: 'status', name: 'one', ...inDefault }),
    ],
    [
      'DELETE',
      '/api/v1/namespaces/default/pods/one',
      core({ verb: 'delete', resource: 'pods', name: 'one', ...inDefault }),
    ],
    [
      'DELETE',
      '/api/v1/namespaces/default/pods',
      core({ verb: 'deletecollection', resource: 'pods', ...inDefault }),
    ],
    [
      'GET',
      '/api/v1/namespaces/default/pods/one/log?follow=true',
      core({ verb: 'get', resource: 'pods', subresource: 'log', name: 'one', ...inDefault }),
    ],
    ['GET', '/api/v1/namespaces', core({ verb: 'list', resource: 'namespaces' })],
    [
      'DELETE',
      '/api/v1/namespaces/default',
      core({ verb: 'delete', resource: 'namespaces', name: 'default' }),
    ],
    [
      'GET',
      '/api/v1/namespaces?fieldSelector=metadata.name%3Ddefault&watch=true',
      core({ verb: 'watch', resource: 'namespaces', name: 'default' }),
    ],
    [
      'PATCH',
      '/apis/longhorn.io/v1beta2/namespaces/default/volumes/a%20b',
      { verb: 'patch', group: 'longhorn.io', resource: 'volumes', name: 'a b', ...inDefault },
    ],
    ['GET', '/apis/apps/v1/deployments', { verb: 'list', group: 'apps', resource: 'deployments' }],
    ['GET', '/version', undefined],
    ['GET', '/api/v1', undefined],
    ['GET', '/apis/apps/v1', undefined],
  ])('%s %s', (method, path, access) => {
    expect(accessOf(method, path)).toEqual(access);
  });
});

describe('who may not is not heard of', () => {
  const refuse = () => {
    throw new Error('not this');
  };
  const asked: string[] = [];

  test('a request', async () => {
    const send = async (path: string) => {
      asked.push(path);
      return new Response();
    };
    const request = permittedRequest(send, refuse);
    await expect(request('/api/v1/pods')).rejects.toThrow('not this');
    expect(asked).toEqual([]);
    await request('/version');
    expect(asked).toEqual(['/version']);
  });

  test('an exec, for each of the two things that Kubernetes asks about it', async () => {
    const wanted: Access[] = [];
    const done = { stdout: '', stderr: '', exitCode: 0 };
    const exec = permittedExec(
      async () => done,
      (access) => {
        wanted.push(access);
        if (access.verb === 'create') refuse();
      },
    );
    await expect(exec({ namespace: 'default', name: 'one' }, ['true'])).rejects.toThrow('not this');
    expect(wanted).toEqual(
      ['get', 'create'].map((verb) =>
        core({ verb, resource: 'pods', subresource: 'exec', name: 'one', ...inDefault }),
      ),
    );
  });
});
