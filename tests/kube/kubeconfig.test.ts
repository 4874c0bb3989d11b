import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/kube/cluster.ts';
import { startStubServer } from '../support/stub-api-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
});

const written = async (current?: string): Promise<string> => {
  const file = join(dir, 'kubeconfig');
  const clusters = ['one', 'two'].map((name) => ({
    name,
    cluster: { server: `https://${name}.example:6443/` },
  }));
  const contexts = ['one', 'two', 'lost'].map((name) => ({ name, context: { cluster: name, user: 'me' } }));
  await writeFile(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters,
      contexts,
      users: [{ name: 'me', user: {} }],
      ...(current && { 'current-context': current }),
    }),
  );
  return file;
};

test.each([
  ['the current context', undefined, 'one'],
  ['the context that is asked for', 'two', 'two'],
])('opens %s', async (_, context, name) => {
  const cluster = connect({ kubeconfig: await written('one'), ...(context && { context }) });
  expect([cluster.context, cluster.server]).toEqual([name, `https://${name}.example:6443`]);
});

test.each([
  ['a context that is not there', 'three', 'has no context "three" (it has: one, two, lost)'],
  ['a context without a cluster', 'lost', 'the context "lost" of the kubeconfig'],
  ['no context at all', undefined, 'names no current context, and none was given (it has: one, two, lost)'],
])('refuses %s in one line', async (_, context, message) => {
  const kubeconfig = await written();
  expect(() => connect({ kubeconfig, ...(context && { context }) })).toThrow(message);
});

test('refuses a file that is not there in one line', () => {
  const kubeconfig = join(dir, 'none');
  expect(() => connect({ kubeconfig })).toThrow(
    new RegExp(`^cannot read the kubeconfig ${kubeconfig}: ENOENT`),
  );
});

test('what a parser says of a broken file is told without the piece of it that it quotes', async () => {
  const kubeconfig = join(dir, 'broken');
  await writeFile(kubeconfig, 'users:\n- name: me\n  user: {token: sentinel-1234\n');
  expect(() => connect({ kubeconfig })).toThrow(/^cannot read the kubeconfig \S+: .+ at line 4, column 1$/);
});

test.each(['', '42\n', 'null\n'])('refuses %j, which is no kubeconfig', async (text) => {
  const kubeconfig = join(dir, 'other');
  await writeFile(kubeconfig, text);
  expect(() => connect({ kubeconfig })).toThrow(
    `cannot read the kubeconfig ${kubeconfig}: it is no kubeconfig`,
  );
});

describe('the token file of a user', () => {
  const asked = async (user: object, ...tokens: string[]): Promise<(string | undefined)[]> => {
    const seen: (string | undefined)[] = [];
    const { url, stop } = await startStubServer({
      answer: (response, { headers }) => {
        seen.push(headers.authorization);
        response.end('{"gitVersion":"v1"}');
      },
    });
    onTestFinished(stop);
    const kubeconfig = join(dir, 'kubeconfig');
    const config = {
      clusters: [{ name: 'one', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [
        { name: 'me', user },
        { name: 'other', user: { token: 'of-another' } },
      ],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'me' } }],
    };
    await writeFile(kubeconfig, stringify(config));
    await writeFile(join(dir, 'token'), tokens[0] ?? '');
    const cluster = connect({ kubeconfig, context: 'one' });
    for (const token of tokens) {
      await writeFile(join(dir, 'token'), token);
      await cluster.version();
    }
    return seen;
  };

  test('is read anew for each request, from beside the kubeconfig', async () => {
    expect(await asked({ tokenFile: 'token' }, 'first', 'second\n')).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  test('comes before a token in the kubeconfig', async () => {
    expect(await asked({ tokenFile: join(dir, 'token'), token: 'old' }, 'first')).toEqual(['Bearer first']);
  });

  test('that is not there fails the request', async () => {
    await expect(asked({ tokenFile: 'none' }, 'x')).rejects.toThrow(/ENOENT.*none/);
  });

  test('is of no meaning to others', async () => {
    expect(await asked({ token: 'own' }, 'x')).toEqual(['Bearer own']);
  });
});
