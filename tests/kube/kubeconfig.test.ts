import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/kube/cluster.ts';
import { remedyOf } from '../../e2e/kube/remedy.ts';
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

test.each([
  [
    'another CA',
    [],
    /^name the certificate of the CA .*\(certificate-authority, or certificate-authority-data\)$/,
  ],
  ['another name', ['certificate-authority-data'], /^name the server as its certificate does/],
])("a server's certificate of %s has its remedy", async (_, fields, remedy) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'other.test' }]);
  const server = createServer({ cert, key }, (__, response) => response.end('{"gitVersion":"v1"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ca = Object.fromEntries(fields.map((field) => [field, Buffer.from(cert).toString('base64')]));
  const config = {
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}`, ...ca } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(dir('kubeconfig'), stringify(config));
  const error = await connect({ kubeconfig: dir('kubeconfig'), context: 'x' })
    .version()
    .catch((thrown) => thrown);
  expect(remedyOf(error)).toMatch(remedy);
});
