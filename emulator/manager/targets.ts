import type { Environment } from '../engine/child.ts';
import type { EngineQuery } from '../engine/query.ts';
import { createTargetClient, type TargetClient } from '../engine/target-client.ts';
import { type Client, isNotFound } from '../kubernetes/client.ts';
import type { BackupTarget } from '../longhorn/objects.ts';
import { defaultEngineImage, namespace } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';

/** The stores of backup targets as a manager comes to them. */
export type Targets = {
  /**
   * A client with the credentials that the target's Secret has now. Throws longhorn-manager's words if there is
   * no such Secret; one that lacks a key fails what the client is asked first.
   */
  open(target: BackupTarget): Promise<TargetClient>;
  /** Takes the mount of a store away from this node's manager. */
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
 * What of a Secret a command gets (engineapi/backups.go, getBackupCredentialEnv). What stands there of a role
 * of IAM, which takes the place of keys, is not emulated.
 */
const environmentOf = ({ data = {} }: Secret, kind: Kind): Environment => {
  if (kind === 'cifs') return decoded(data, ['CIFS_USERNAME', 'CIFS_PASSWORD']);
  const missing = keys.filter((key) => !data[key]);
  if (missing.length > 0)
    throw new Error(`could not backup to s3, missing [${missing.join(' ')}] in the secret`);
  return decoded(data, [...keys, ...optional]);
};

const decoded = (data: Record<string, string>, names: readonly string[]): Environment =>
  Object.fromEntries(names.map((name) => [name, Buffer.from(data[name] ?? '', 'base64').toString()]));

const readSecret = async (client: Client, name: string, kind: Kind): Promise<Secret> => {
  if (name === '') throw new Error(`could not access ${kind} without credential secret`);
  try {
    return await client.request('GET', `/api/v1/namespaces/${namespace}/secrets/${encodeURIComponent(name)}`);
  } catch (error) {
    // As Longhorn's cache of secrets says it, where the API server says secrets.
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

/** Makes the way to stores, whose looks and commands have so many milliseconds each, but for a removal. */
export const createTargets = ({ client, mutant, ...options }: Options): Targets => {
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
