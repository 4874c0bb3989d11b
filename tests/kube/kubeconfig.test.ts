import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/kube/cluster.ts';
import { startStubServer } from '../support/stub-api-server.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const dir = folderOfEachTest();

test.each([
  ['a context that is not there', 'three', 'has no context "three" (it has: one, two)'],
  ['no context at all', undefined, 'names no current context, and none was given (it has: one, two)'],
])('refuses %s in one line', async (_, context, message) => {
  const kubeconfig = dir('kubeconfig');
  const clusters = [{ name: 'one', cluster: { server: 'https://one.example:6443/' } }];
  const contexts = ['one', 'two'].map((name) => ({ name, context: { cluster: 'one', user: 'me' } }));
  await writeFile(kubeconfig, stringify({ clusters, contexts, users: [{ name: 'me', user: {} }] }));
  expect(() => connect({ kubeconfig, ...(context && { context }) })).toThrow(message);
});

test('what is no kubeconfig is refused in one line, without the piece of it that a parser quotes', async () => {
  const kubeconfig = dir('other');
  const where = `cannot read the kubeconfig ${kubeconfig}: `;
  expect(() => connect({ kubeconfig })).toThrow(new RegExp(`^${where}ENOENT`));
  await writeFile(kubeconfig, 'users:\n- name: me\n  user: {token: sentinel-1234\n');
  expect(() => connect({ kubeconfig })).toThrow(new RegExp(`^${where}.+ at line 4, column 1$`));
  for (const text of ['', '42\n', 'null\n']) {
    await writeFile(kubeconfig, text);
    expect(() => connect({ kubeconfig })).toThrow(`${where}it is no kubeconfig`);
  }
});

describe('the token file of a user', () => {
  const asked = async (user: object, ...tokens: string[]): Promise<(string | undefined)[]> => {
    const seen: (string | undefined)[] = [];
    const { url } = await startStubServer({
      answer: (response, { headers }) => {
        seen.push(headers.authorization);
        response.end('{"gitVersion":"v1"}');
      },
    });
    const kubeconfig = dir('kubeconfig');
    const config = {
      clusters: [{ name: 'one', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [
        { name: 'me', user },
        { name: 'other', user: { token: 'of-another' } },
      ],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'me' } }],
    };
    await writeFile(kubeconfig, stringify(config));
    await writeFile(dir('token'), tokens[0] ?? '');
    const cluster = connect({ kubeconfig, context: 'one' });
    for (const token of tokens) {
      await writeFile(dir('token'), token);
      await cluster.version();
    }
    return seen;
  };

  test('is read anew for each request, from beside the kubeconfig, and comes before a token in it', async () => {
    const user = { tokenFile: 'token', token: 'old' };
    expect(await asked(user, 'first', 'second\n')).toEqual(['Bearer first', 'Bearer second']);
    expect(await asked({ tokenFile: dir('token') }, 'first')).toEqual(['Bearer first']);
  });

  test('that is not there fails the request; one of another user is of no meaning', async () => {
    await expect(asked({ tokenFile: 'none' }, 'x')).rejects.toThrow(/ENOENT.*none/);
    expect(await asked({ token: 'own' }, 'x')).toEqual(['Bearer own']);
  });
});
