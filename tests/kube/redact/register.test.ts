import { expect, test } from 'vitest';
import { redact } from '../../../e2e/kube/redact/redact.ts';
import {
  registerEnvironmentSecrets,
  registerHeaderSecrets,
  registerKubeconfigSecrets,
  registerObjectSecrets,
} from '../../../e2e/kube/redact/register.ts';
import { registerSecret } from '../../../e2e/kube/redact/registered-secrets.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

// What is learned stays for the whole process: each test has values of its own.

const user = (fields: object) => () => registerKubeconfigSecrets({ users: [{ user: fields }] });
const provider = { config: { 'refresh-token': 'r3fresh-it', 'client-id': 'cl1ent-id' } };
const plugin = { env: [{ name: 'LOGIN', value: 'l0gin-of-it' }] };
const urls = { clusters: [{ cluster: { server: 'https://me:p%40ss-1234@host' } }] };
const secret = { kind: 'Secret', data: { a: base64('s3cret-of-it') } };
const secrets = { kind: 'SecretList', items: [{ stringData: { a: 'l1st-of-them' } }] };
const request = { kind: 'TokenRequest', status: { token: 'r3quested-it' } };
const variable = { MY_TOKEN: 'v4riable-of-mine' };
const database = { DATABASE: 'db://me:d4tabase-pw@host' };

test.each<[string, () => void, string]>([
  ['token of the kubeconfig', user({ token: 'tok3n-of-a-user' }), 'tok3n-of-a-user'],
  ['password of the kubeconfig', user({ password: 'passw0rd-of-it' }), 'passw0rd-of-it'],
  ['client key of the kubeconfig', user({ 'client-key-data': base64('k3y-of-a-client') }), 'k3y-of-a-client'],
  ["auth provider's refresh-token of the kubeconfig", user({ 'auth-provider': provider }), 'r3fresh-it'],
  ["exec plugin's LOGIN of the kubeconfig", user({ exec: plugin }), 'l0gin-of-it'],
  ["credentials of the cluster's URL", () => registerKubeconfigSecrets(urls), 'p@ss-1234'],
  ['variable MY_TOKEN', () => registerEnvironmentSecrets(variable), 'v4riable-of-mine'],
  ['credentials in the variable DATABASE', () => registerEnvironmentSecrets(database), 'd4tabase-pw'],
  ['credentials of a request', () => registerHeaderSecrets('Bearer h3ader-of-it'), 'h3ader-of-it'],
  ['data of a Secret', () => registerObjectSecrets(secret), 's3cret-of-it'],
  ['data of a Secret', () => registerObjectSecrets(secrets), 'l1st-of-them'],
  ['token of a service account', () => registerObjectSecrets(request), 'r3quested-it'],
])('%s is redacted wherever it is, once it is known', (what, learn, value) => {
  const text = `of ${value}, ${encodeURIComponent(value)}, "${JSON.stringify(value)}"`;
  expect(redact(text)).toBe(text);
  learn();
  const mark = `[redacted: ${what}]`;
  expect(redact(text)).toBe(`of ${mark}, ${mark}, ""${mark}""`);
  for (const before of ['', 'x', 'xy']) expect(redact(base64(`${before}${value} and more`))).toContain(mark);
});

test('what could be a name, or is short, or a file, or a bucket, is no value to redact everywhere', () => {
  for (const value of ['longhorn', 'a1b2c3']) registerSecret(value, 'password');
  const file = '/home/me/.aws/credentials-1';
  registerEnvironmentSecrets({ AWS_SHARED_CREDENTIALS_FILE: file, STORE: 's3://backups-of-2026@us-east-1/' });
  registerKubeconfigSecrets({ users: 'none', clusters: null });
  registerKubeconfigSecrets('none');
  registerObjectSecrets(undefined);
  const text = `longhorn-system a1b2c3 ${file} s3://backups-of-2026@us-east-1/`;
  expect(redact(text)).toBe(text);
});
