import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { redact, redactError } from '../../../e2e/kube/redact/redact.ts';

// None of these is anybody's. Written in pieces, so that this file itself looks like no secret to those who
// look for them.
const jwt = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJzeXN0ZW0ifQ', 'c2lnbmF0dXJlLW9mLWl0'].join('.');
const pem = (kind: string) =>
  `-----BEGIN ${kind}-----\nMIIEpAIBAAKCAQEA\nq83vEjRWeJA=\n-----END ${kind}-----`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const accessKey = `AKIA${'IOSFODNN7EXAMPLE'}`;

describe('what stands where secrets stand is redacted, and named', () => {
  // Each secret stands in marks, with the name that it is to have.
  test.each([
    ['a private key', `a «${pem('RSA PRIVATE KEY')}|private key» b`],
    ['half a private key', `a «${pem('EC PRIVATE KEY').slice(0, 50)}|private key»`],
    ['one in JSON', JSON.stringify({ a: `«${pem('PRIVATE KEY')}|private key»` })],
    ['one in base64', `key «${base64(pem('RSA PRIVATE KEY'))}|private key, in base64».`],
    ['a certificate in base64', `cert «${base64(pem('CERTIFICATE'))}|PEM, in base64»`],
    ['a JWT', `token is «${jwt}|JWT», it says`],
    ['one in base64', `«${base64(jwt)}|JWT, in base64»`],
    ['a header', 'GET / Authorization: «Basic dXNlcjpwdw==|Authorization header»\nnext'],
    ['one in JSON', '{"authorization":"«Bearer abc|Authorization header»","accept":"*"}'],
    ['one that signs', `authorization: «AWS4-HMAC-SHA256 Credential=a/b, Signature=c|Authorization header»`],
    ['a bearer', 'sent Bearer «0123456789abcdef0123|bearer token» to it'],
    ['a URL', 'cannot reach https://«me:pa55|credentials of a URL»@host:443/path?x=1'],
    ['a URL of S3', 's3://«key:pa55|credentials of a URL»@bucket/'],
    ['a URL with a token', 'https://«ghp0123456|credentials of a URL»@host/'],
    ['a signed URL', 'https://h/o?X-Amz-Date=1&X-Amz-Signature=«abc|secret in a URL»&x=1'],
    ['an access key', `signed by «${accessKey}|AWS access key» yesterday`],
    ['a variable', 'env: AWS_ACCESS_KEY_ID=«minio|secret variable» X=1'],
    ['a quoted one', 'env: AWS_SECRET_ACCESS_KEY="«a b|secret variable»" X=1'],
    ['one of a pod', '{"name":"CIFS_PASSWORD","value":"«pa55|secret variable»"},{"name":"A","value":"b"}'],
    ['one of a pod, in YAML', '- name: AZBLOB_ACCOUNT_KEY\n  value: «pa55|secret variable»\n'],
    [
      'a kubeconfig',
      '- user:\n    token: «abcd.0123|secret field»\n    client-key-data: «QUJD|secret field»\n    username: me\n',
    ],
    ['fields of JSON', '{"id-token":"«a|secret field»","secretAccessKey":"«b|secret field»","name":"i"}'],
    ['flags', 'run --token=«abcd|secret flag» --password «efgh|secret flag» --name i'],
    [
      'a Secret',
      '{"kind":"Secret","metadata":{"name":"s"},"data":{"a":"«YQ==|data of a Secret»","b":"«Yg==|data of a Secret»"}}',
    ],
    [
      'a Secret in a text of JSON',
      JSON.stringify({ last: JSON.stringify({ kind: 'Secret', stringData: { a: '«b|data of a Secret»' } }) }),
    ],
    [
      'a Secret in YAML',
      'kind: Secret\nmetadata:\n  name: s\ndata:\n  a: «YQ==|data of a Secret»\n  b: «|\n    Yg==\n    Yg==|data of a Secret»\ntype: x\n',
    ],
    [
      'a Secret in YAML in JSON',
      JSON.stringify(
        'a\nkind: Secret\nstringData:\n  a: «YQ==|data of a Secret»\n  b: «>-\n    Yg==|data of a Secret»\ntype: x',
      ),
    ],
  ])('%s', (_, marked) => {
    const secrets = /«([^»]*)\|([^|»]*)»/g;
    const redacted = marked.replaceAll(secrets, '[redacted: $2]');
    expect(redact(marked.replaceAll(secrets, '$1'))).toBe(redacted);
    expect(redact(redacted)).toBe(redacted);
  });
});

describe('what is needed stays', () => {
  test.each([
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    `block ${'0123456789abcdef'.repeat(8)}.blk`,
    'uid 11111111-2222-3333-4444-555555555555, resourceVersion 123456',
    's3://bucket@us-east-1/',
    'nfs://store.corral-abc123-store-9f3a.svc:/opt/backupstore',
    'https://127.0.0.1:6443',
    'cifs://host/share',
    'spec: {credentialSecret: minio-secret, backupTargetURL: s3://b@r/}',
    '{"credentialSecret":"minio-secret"}',
    'automountServiceAccountToken: false',
    'continue token: null',
    '{"token":""}',
    'AWS_SECRET_ACCESS_KEY=',
    'password: none',
    `Unexpected token '}', "..." is not valid JSON`,
    'secrets "minio-secret" is forbidden: User "x" cannot get resource "secrets"',
    'mount /var/run/secrets/kubernetes.io/serviceaccount/token',
    '{"kind":"ConfigMap","data":{"a":"b"}}',
    pem('CERTIFICATE'),
    'backup-0123456789abcdef',
    'eyJ.x.y',
    'the bearer of this',
    'Basic authentication is needed',
  ])('%s', (text) => expect(redact(text)).toBe(text));

  const folder = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
  const files = globSync('**/*.{ndjson,ndjson.gz,jsonl,jsonl.gz,json,md,yaml}', { cwd: folder });

  test('whatever a real Longhorn said, and the documents', () => {
    expect(files.length).toBeGreaterThan(5);
    const changed = files.flatMap((file) => {
      const bytes = readFileSync(`${folder}${file}`);
      const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
      return lines
        .filter((line) => redact(line) !== line)
        .map((line) => `${file}: ${redact(line).slice(0, 300)}`);
    });
    expect(changed).toEqual([]);
  });
});

test('an error is redacted with its stack, and with all that it came from', () => {
  const cause = new AggregateError([new Error(`one ${jwt}`)], `several ${jwt}`);
  const error = redactError(new Error(`no ${jwt}`, { cause }));
  expect(error.message).toBe('no [redacted: JWT]');
  const all = [error, cause, ...cause.errors].map(({ message, stack }) => `${message} ${stack}`).join();
  expect(all).not.toContain(jwt);
  expect(all.match(/\[redacted: JWT\]/g)?.length).toBeGreaterThanOrEqual(5);
});

test.each(['ab.', 'kind: Secret\ndata:\n  a: b\n', '-----BEGIN PRIVATE KEY', 'token: ', '\\"', 'http://a:'])(
  'a megabyte of %j takes no time to speak of',
  (piece) => {
    const before = performance.now();
    redact(piece.repeat(1_000_000 / piece.length));
    // In fact some tens of milliseconds; what grows with the square would take minutes.
    expect(performance.now() - before).toBeLessThan(5000);
  },
);
