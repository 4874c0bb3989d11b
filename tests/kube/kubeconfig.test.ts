import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/kube/cluster.ts';
import { startStubServer } from '../support/stub-api-server.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const dir = folderOfEachTest();

// What else a kubeconfig is refused for, tests/safety/bad-inputs.txt has.
test('a context that is not there is refused with those that there are', async () => {
  const contexts = ['one', 'two'].map((name) => ({ name, context: { cluster: 'one', user: 'me' } }));
  await writeFile(dir('kubeconfig'), stringify({ contexts }));
  const read = () => connect({ kubeconfig: dir('kubeconfig'), context: 'three' });
  expect(read).toThrow('has no context "three" (it has: one, two)');
});

describe('the token file of a user', () => {
  const authorizationOf = async (user: object, ...tokens: string[]): Promise<(string | undefined)[]> => {
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
    expect(await authorizationOf(user, 'first', 'second\n')).toEqual(['Bearer first', 'Bearer second']);
    expect(await authorizationOf({ tokenFile: dir('token') }, 'first')).toEqual(['Bearer first']);
  });

  test('that is not there fails the request; one of another user is of no meaning', async () => {
    await expect(authorizationOf({ tokenFile: 'none' }, 'x')).rejects.toThrow(/ENOENT.*none/);
    expect(await authorizationOf({ token: 'own' }, 'x')).toEqual(['Bearer own']);
  });
});
