import { isRecord } from '../objects.ts';
import { registerSecret } from './registered-secrets.ts';

const decoded = (encoded: unknown): string =>
  typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : '';

/** Registers the user name and password of a URL. In an s3:// URL the user name is a bucket, not a secret. */
const learnUrl = (url: unknown, what: string): void => {
  const [, name, password] = /^[a-z][a-z0-9+.-]*:\/\/([^\s/@:]*)(?::([^\s/@]*))?@/i.exec(String(url)) ?? [];
  const isBucket = /^s3:/i.test(String(url));
  for (const part of [password, password === undefined && !isBucket ? name : undefined]) {
    registerSecret(part, what);
    if (part !== undefined && URL.canParse(String(url))) registerSecret(decodeURIComponent(part), what);
  }
};

const learnFields = (fields: unknown, names: Record<string, string>): void => {
  for (const [field, what] of Object.entries(names))
    if (isRecord(fields)) registerSecret(fields[field], what);
};

const learnUser = (user: unknown): void => {
  if (!isRecord(user)) return;
  const of = (what: string) => `${what} of the kubeconfig`;
  learnFields(user, {
    token: of('token'),
    password: of('password'),
    'client-key-data': of('client key'),
    'client-certificate-data': of('client certificate'),
  });
  registerSecret(decoded(user['client-key-data']), of('client key'));
  const provider = isRecord(user['auth-provider']) ? user['auth-provider'].config : undefined;
  for (const [field, value] of Object.entries(provider ?? {}))
    if (/token|secret|password|key/i.test(field)) registerSecret(value, of(`auth provider's ${field}`));
  const { env } = isRecord(user.exec) ? user.exec : {};
  for (const each of Array.isArray(env) ? env : [])
    if (isRecord(each)) registerSecret(each.value, of(`exec plugin's ${each.name}`));
};

/** Registers the secrets of a parsed kubeconfig. */
export const registerKubeconfigSecrets = (kubeconfig: unknown): void => {
  if (!isRecord(kubeconfig)) return;
  const { users, clusters } = kubeconfig;
  for (const each of Array.isArray(users) ? users : []) if (isRecord(each)) learnUser(each.user);
  for (const each of Array.isArray(clusters) ? clusters : []) {
    const { server, 'proxy-url': proxy } = isRecord(each) && isRecord(each.cluster) ? each.cluster : {};
    for (const url of [server, proxy]) learnUrl(url, "credentials of the cluster's URL");
  }
};

const secretName = /TOKEN|SECRET|PASSWORD|PASSWD|ACCESS_?KEY|API_?KEY|PRIVATE_?KEY|CREDENTIAL/i;

/**
 * Registers the secrets of the environment: variables whose name suggests a secret, and credentials in URLs. Values
 * that are paths of files are skipped.
 */
export const registerEnvironmentSecrets = (variables: NodeJS.ProcessEnv): void => {
  for (const [name, value = ''] of Object.entries(variables)) {
    learnUrl(value, `credentials in the variable ${name}`);
    if (secretName.test(name) && !value.startsWith('/')) registerSecret(value, `variable ${name}`);
  }
};

/** Registers the secrets in a response of the API server: the data of Secrets, and requested tokens. */
export const registerObjectSecrets = (object: unknown): void => {
  if (!isRecord(object)) return;
  const { kind, items, data, stringData, status } = object;
  if (kind === 'SecretList' && Array.isArray(items))
    for (const item of items) registerObjectSecrets({ ...item, kind: 'Secret' });
  if (kind === 'TokenRequest') learnFields(status, { token: 'token of a service account' });
  if (kind !== 'Secret') return;
  for (const value of Object.values(data ?? {})) {
    registerSecret(value, 'data of a Secret');
    registerSecret(decoded(value), 'data of a Secret');
  }
  for (const value of Object.values(stringData ?? {})) registerSecret(value, 'data of a Secret');
};

/** Registers the credentials in the Authorization header of a request. */
export const registerHeaderSecrets = (authorization: unknown): void => {
  const [, credentials] = /^\w+ (.+)$/.exec(String(authorization)) ?? [];
  registerSecret(credentials, 'credentials of a request');
};
