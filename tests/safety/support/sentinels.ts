import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A value that must not show up anywhere, and where it was planted. */
export type Sentinel = { value: string; where: string };

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pem = (kind: string, value: string): string =>
  `-----BEGIN ${kind}-----\n${base64(`${value}${value}`)}\n${value}\n-----END ${kind}-----\n`;
const jwt = (value: string): string =>
  ['eyJhbGciOiJSUzI1NiJ9', Buffer.from(value).toString('base64url'), value].join('.');

/** Fifty sentinels in everything that a run gets to see. `port` is where the API server listens. */
export const plantAll = (port: number) => {
  const sentinels: Sentinel[] = [];
  /** Plants one, for one place. */
  const plant = (where: string): string => {
    const value = `planted${sentinels.length}x${randomBytes(9).toString('hex')}`;
    sentinels.push({ value, where });
    return value;
  };
  const env = {
    AWS_ACCESS_KEY_ID: plant('environment: S3 key'),
    AWS_SECRET_ACCESS_KEY: plant('environment: S3 secret'),
    AWS_SESSION_TOKEN: plant('environment: S3 session'),
    GITHUB_TOKEN: plant('environment: token'),
    CIFS_PASSWORD: plant('environment: CIFS'),
    AZBLOB_ACCOUNT_KEY: plant('environment: Azure'),
    DATABASE: `postgres://me:${plant('environment: URL')}@db.example/x`,
    npm_config__authtoken: plant('environment: npm'),
  };
  const proxied = {
    server: `https://me:${plant('kubeconfig: URL')}@other.example`,
    'proxy-url': `http://me:${plant('kubeconfig: proxy')}@proxy.example`,
  };
  const token = plant('kubeconfig: token');
  const password = plant('kubeconfig: password');
  const certificate = {
    'client-key-data': base64(pem('RSA PRIVATE KEY', plant('kubeconfig: key'))),
    'client-certificate-data': base64(pem('CERTIFICATE', plant('kubeconfig: certificate'))),
  };
  const oidc = {
    'access-token': plant('kubeconfig: access token'),
    'id-token': jwt(plant('kubeconfig: id token')),
    'refresh-token': plant('kubeconfig: refresh token'),
    'client-secret': plant('kubeconfig: client secret'),
  };
  const login = [{ name: 'LOGIN', value: plant('kubeconfig: plugin') }];
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'true', env: login };
  const kubeconfig = stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'x' },
    clusters: [
      { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      { name: 'd', cluster: proxied },
    ],
    users: [
      { name: 'u', user: { token } },
      { name: 'v', user: { username: 'me', password } },
      { name: 'w', user: certificate },
      { name: 'p', user: { 'auth-provider': { name: 'oidc', config: oidc } } },
      { name: 'e', user: { exec } },
    ],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
  const secret = (value: string, of: 'data' | 'stringData') => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
    [of]: { AWS_SECRET_ACCESS_KEY: value, other: 'b3RoZXI=' },
  });
  const status = (code: number, reason: string, message: string) => ({
    code,
    body: JSON.stringify({ kind: 'Status', code, reason, message }),
  });
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
  const applied = (value: string) => JSON.stringify(secret(value, 'stringData'));
  const ok = (body: object) => ({ code: 200, body: JSON.stringify(body) });
  const signed = plant('error: signed URL');
  const inError = JSON.stringify(secret(plant('error: Secret'), 'data'));
  /** What the API server answers, by the name of what is asked for. */
  const answers: Record<string, { code: number; body: string }> = {
    'secrets/one': ok(secret(base64(plant('Secret: data')), 'data')),
    'secrets/two': ok(secret(plant('Secret: stringData'), 'stringData')),
    secrets: ok({
      kind: 'SecretList',
      metadata: { resourceVersion: '1' },
      items: [{ metadata: { name: 'l' }, data: { a: base64(plant('SecretList')) } }],
    }),
    'serviceaccounts/token': ok({ kind: 'TokenRequest', status: { token: jwt(plant('TokenRequest')) } }),
    'configmaps/applied': ok({
      kind: 'ConfigMap',
      metadata: { name: 'applied', annotations: { [lastApplied]: applied(plant('annotation')) } },
    }),
    'configmaps/bearer': status(403, 'Forbidden', `no right: Bearer ${plant('error: bearer')}`),
    'configmaps/header': status(400, 'BadRequest', `sent Authorization: Basic ${plant('error: header')}`),
    'configmaps/signed': status(404, 'NotFound', `GET https://s3.example/b?X-Amz-Signature=${signed}&x=1`),
    'configmaps/object': status(422, 'Invalid', `is invalid: ${inError}`),
    'configmaps/pem': status(409, 'Conflict', pem('EC PRIVATE KEY', plant('error: private key'))),
    'configmaps/jwt': status(410, 'Gone', `token ${jwt(plant('error: JWT'))} expired`),
    'configmaps/text': { code: 405, body: `<html>password=${plant('error: no JSON')}</html>` },
  };
  const log = [
    `env AWS_ACCESS_KEY_ID=${plant('log: S3 key')} AWS_SECRET_ACCESS_KEY=${plant('log: S3 secret')} X=1`,
    `cannot list s3://key:${plant('log: URL')}@bucket/`,
    `users:\n- user:\n    token: ${plant('log: kubeconfig')}\n    client-key-data: ${base64(pem('PRIVATE KEY', plant('log: key in base64')))}`,
    pem('OPENSSH PRIVATE KEY', plant('log: private key')),
    `started with --token=${plant('log: flag')} --password ${plant('log: flag with a blank')} --v 4`,
    `{"name":"CIFS_PASSWORD","value":"${plant('log: variable of a pod')}"}`,
  ].join('\n');
  const stdout = `AZBLOB_ACCOUNT_KEY=${plant('exec: stdout')}\nkind: Secret\ndata:\n  a: ${base64(plant('exec: Secret'))}\n  b: |\n    ${plant('exec: Secret, in lines')}\n`;
  const stderr = `mount //host/share -o username=me,password=${plant('exec: stderr')}: authorization: Bearer ${plant('exec: header')}`;
  const error = `failed to execute: /longhorn [backup create], env [AWS_SECRET_ACCESS_KEY=${plant('Longhorn: engine')}], output https://me:${plant('Longhorn: URL')}@minio:9000/`;
  const message = `SignatureDoesNotMatch: https://b.s3.example/x?X-Amz-Credential=${plant('Longhorn: credential')}&X-Amz-Security-Token=${plant('Longhorn: session')}`;
  const saying = { error, messages: { Error: message } };
  answers['backups/b'] = ok({ kind: 'Backup', metadata: { name: 'b' }, status: saying });
  const spec = { backupTargetURL: `cifs://me:${plant('Longhorn: target')}@host/share` };
  answers['backuptargets/t'] = ok({ kind: 'BackupTarget', metadata: { name: 't' }, spec });
  return { sentinels, plant, env, kubeconfig, answers, log, stdout, stderr };
};

const madeLogin = 'made-login-';

/** The file, in the folder where a run is started, of what a scenario has made to log in to a store in S3. */
export const madeLogins = (scenario: string): string => `${madeLogin}${scenario.replaceAll(' ', '-')}.json`;

/** The sentinels among what scenarios have made for stores in S3; a certificate itself is no secret. */
export const sentinelsMade = (dir: string): Sentinel[] =>
  readdirSync(dir)
    .filter((file) => file.startsWith(madeLogin))
    .flatMap((file) => {
      const made = JSON.parse(readFileSync(join(dir, file), 'utf8'));
      const { endpoint: _, 'tls.crt': _certificate, 'tls.key': key, ...keys } = made;
      // The first line of a key is the same for all of its kind.
      const [, , line = ''] = key.split('\n');
      return Object.entries<string>({ ...keys, 'tls.key': line }).map(([name, value]) => ({
        value,
        where: `S3: ${name}`,
      }));
    });
