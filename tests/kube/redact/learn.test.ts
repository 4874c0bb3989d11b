import { expect, test } from 'vitest';
import { know } from '../../../e2e/kube/redact/known.ts';
import {
  learnEnvironment,
  learnHeader,
  learnKubeconfig,
  learnObject,
} from '../../../e2e/kube/redact/learn.ts';
import { redact } from '../../../e2e/kube/redact/redact.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

// What is learned stays for the whole process: each test has values of its own.

test.each<[string, () => void, string, string]>([
  [
    'a token',
    () => learnKubeconfig({ users: [{ user: { token: 'tok3n-of-a-user' } }] }),
    'tok3n-of-a-user',
    'token of the kubeconfig',
  ],
  [
    'a password',
    () => learnKubeconfig({ users: [{ user: { password: 'passw0rd-of-it' } }] }),
    'passw0rd-of-it',
    'password of the kubeconfig',
  ],
  [
    'a key',
    () => learnKubeconfig({ users: [{ user: { 'client-key-data': base64('k3y-of-a-client') } }] }),
    'k3y-of-a-client',
    'client key of the kubeconfig',
  ],
  [
    'a provider',
    () =>
      learnKubeconfig({
        users: [
          {
            user: {
              'auth-provider': { config: { 'refresh-token': 'r3fresh-it', 'client-id': 'cl1ent-id' } },
            },
          },
        ],
      }),
    'r3fresh-it',
    "auth provider's refresh-token of the kubeconfig",
  ],
  [
    'a plugin',
    () =>
      learnKubeconfig({ users: [{ user: { exec: { env: [{ name: 'LOGIN', value: 'l0gin-of-it' }] } } }] }),
    'l0gin-of-it',
    "exec plugin's LOGIN of the kubeconfig",
  ],
  [
    'a URL',
    () => learnKubeconfig({ clusters: [{ cluster: { server: 'https://me:p%40ss-1234@host' } }] }),
    'p@ss-1234',
    "credentials of the cluster's URL",
  ],
  [
    'a variable',
    () => learnEnvironment({ MY_TOKEN: 'v4riable-of-mine' }),
    'v4riable-of-mine',
    'variable MY_TOKEN',
  ],
  [
    'a URL in a variable',
    () => learnEnvironment({ DATABASE: 'db://me:d4tabase-pw@host' }),
    'd4tabase-pw',
    'credentials in the variable DATABASE',
  ],
  ['a header', () => learnHeader('Bearer h3ader-of-it'), 'h3ader-of-it', 'credentials of a request'],
  [
    'a Secret',
    () => learnObject({ kind: 'Secret', data: { a: base64('s3cret-of-it') } }),
    's3cret-of-it',
    'data of a Secret',
  ],
  [
    'a list of them',
    () => learnObject({ kind: 'SecretList', items: [{ stringData: { a: 'l1st-of-them' } }] }),
    'l1st-of-them',
    'data of a Secret',
  ],
  [
    'a token that was asked for',
    () => learnObject({ kind: 'TokenRequest', status: { token: 'r3quested-it' } }),
    'r3quested-it',
    'token of a service account',
  ],
])('%s is redacted wherever it is, once it is known', (_, learn, value, what) => {
  const text = `of ${value}, ${encodeURIComponent(value)}, "${JSON.stringify(value)}"`;
  expect(redact(text)).toBe(text);
  learn();
  const mark = `[redacted: ${what}]`;
  expect(redact(text)).toBe(`of ${mark}, ${mark}, ""${mark}""`);
  for (const before of ['', 'x', 'xy']) expect(redact(base64(`${before}${value} and more`))).toContain(mark);
});

test('what could be a name, or is short, or a file, or a bucket, is no value to redact everywhere', () => {
  know('longhorn', 'password');
  know('a1b2c3', 'password');
  learnEnvironment({
    AWS_SHARED_CREDENTIALS_FILE: '/home/me/.aws/credentials-1',
    STORE: 's3://backups-of-2026@us-east-1/',
  });
  learnKubeconfig({ users: 'none', clusters: null });
  learnKubeconfig('none');
  learnObject(undefined);
  const text = 'longhorn-system a1b2c3 /home/me/.aws/credentials-1 s3://backups-of-2026@us-east-1/';
  expect(redact(text)).toBe(text);
});
