import type { StoreCredentials } from '../engine/child.ts';
import type { EngineQuery } from '../engine/query.ts';
import { createTargetClient, type TargetClient } from '../engine/target-client.ts';
import { type Client, isNotFound } from '../kubernetes/client.ts';
import type { BackupTarget } from '../longhorn/objects.ts';
import { defaultEngineImage, namespace } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';

/** Opens the stores of backup targets for a manager. */
export type TargetClients = {
  /**
   * Returns a client with the present credentials in the target's Secret. Throws longhorn-manager's text if
   * the Secret does not exist. If a key is missing, the client's first call fails.
   */
  open(target: BackupTarget): Promise<TargetClient>;
  /** Unmounts a store from this node's manager. */
  unmount(url: string): Promise<void>;
};

type Kind = 's3' | 'cifs';

const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const optional = [
  'AWS_ENDPOINTS',
  'AWS_CERT',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'VIRTUAL_HOSTED_STYLE',
] as const;

type Secret = { data?: Record<string, string> };

/**
 * The keys of a Secret that a command gets (engineapi/backups.go, getBackupCredentialEnv). An IAM role in
 * place of keys is not emulated.
 */
const environmentOf = ({ data = {} }: Secret, kind: Kind): StoreCredentials => {
  if (kind === 'cifs') return decoded(data, ['CIFS_USERNAME', 'CIFS_PASSWORD']);
  const missing = keys.filter((key) => !data[key]);
  if (missing.length > 0)
    throw new Error(`could not backup to s3, missing [${missing.join(' ')}] in the secret`);
  return decoded(data, [...keys, ...optional]);
};

const decoded = (data: Record<string, string>, names: readonly string[]): StoreCredentials =>
  Object.fromEntries(names.map((name) => [name, Buffer.from(data[name] ?? '', 'base64').toString()]));

const readSecret = async (client: Client, name: string, kind: Kind): Promise<Secret> => {
  if (name === '') throw new Error(`could not access ${kind} without credential secret`);
  try {
    return await client.request('GET', `/api/v1/namespaces/${namespace}/secrets/${encodeURIComponent(name)}`);
  } catch (error) {
    // The text of Longhorn's cache of secrets. The API server says "secrets" instead of "secret".
    throw isNotFound(error) ? new Error(`secret ${JSON.stringify(name)} not found`) : error;
  }
};

type Options = {
  client: Client;
  binary: string;
  timeout: number;
  query: EngineQuery | undefined;
  mutant: Mutant | undefined;
};

/**
 * Creates the targets of a manager. `timeout` limits each query and command except removals and restores, in
 * milliseconds.
 */
export const createTargetClients = ({ client, mutant, ...options }: Options): TargetClients => {
  const first = new Map<string, Promise<Secret>>();
  const read = (name: string, kind: Kind): Promise<Secret> => {
    const known = mutant === 'old-key-kept' ? first.get(name) : undefined;
    const secret = known ?? readSecret(client, name, kind);
    if (mutant === 'old-key-kept') first.set(name, secret);
    return secret;
  };
  const withoutSecret = createTargetClient({ ...options, environment: () => ({}) });
  return {
    open: async ({ metadata, spec }) => {
      const [, kind] = (/^(s3|cifs):/.exec(spec.backupTargetURL) as [string, Kind] | null) ?? [];
      if (kind === undefined) return withoutSecret;
      const secret = await read(spec.credentialSecret, kind).catch((error) => {
        throw new Error(
          `failed to get ${metadata.name} backup target client on ${defaultEngineImage}: ${error.message}`,
        );
      });
      return createTargetClient({ ...options, environment: () => environmentOf(secret, kind) });
    },
    unmount: withoutSecret.unmount,
  };
};
