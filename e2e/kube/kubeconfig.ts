import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { readNamedFile, whyNoFile } from './named-file.ts';
import { proxyFor } from './proxy.ts';
import { registerKubeconfigSecrets } from './redact/register.ts';

// Loaded on demand: the client has about a thousand files, and a list of scenarios does not need it.
const readClient: () => typeof import('@kubernetes/client-node') = () =>
  createRequire(import.meta.url)('@kubernetes/client-node');

/**
 * Loads a kubeconfig and selects one context. Throws an error of one line if the file, the context or its cluster is
 * missing.
 */
export const loadKubeconfig = (options: {
  kubeconfig: string;
  context?: string;
}): { config: KubeConfig; server: string; context: string } => {
  const config = read(options.kubeconfig);
  const context = options.context ?? config.getCurrentContext();
  const known = config.getContexts().map(({ name }) => name);
  if (!context)
    throw new Error(
      `the kubeconfig ${options.kubeconfig} names no current context, and none was given (it has: ${known.join(', ') || 'none'})`,
    );
  if (!known.includes(context))
    throw new Error(
      `the kubeconfig ${options.kubeconfig} has no context "${context}" (it has: ${known.join(', ') || 'none'})`,
    );
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error(
      `the context "${context}" of the kubeconfig ${options.kubeconfig} names a cluster that is not in it`,
    );
  if (config.getContextObject(context)?.user && config.getCurrentUser() === null)
    throw new Error(
      `the context "${context}" of the kubeconfig ${options.kubeconfig} names a user that is not in it`,
    );
  if (!URL.canParse(cluster.server) || !/^https?:$/.test(new URL(cluster.server).protocol))
    throw new Error(
      `the context "${context}" of the kubeconfig ${options.kubeconfig} names a cluster whose server is no URL with https: ${cluster.server}`,
    );
  const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, process.env);
  if (proxyUrl !== undefined)
    config.clusters = config.clusters.map((each) => (each === cluster ? { ...each, proxyUrl } : each));
  return { config, server: cluster.server.replace(/\/+$/, ''), context };
};

type Written = {
  clusters?: { cluster?: { server?: unknown } }[] | null;
  users?: { name?: string; user?: { tokenFile?: string } }[] | null;
};

// Values of a wrong type, which the client would accept and fail on later with an unclear error.
const checkShape = ({ clusters, users }: Written): void => {
  for (const [field, value] of Object.entries({ clusters, users }))
    if (value && !Array.isArray(value)) throw new Error(`its ${field} are no list`);
  for (const { cluster } of clusters ?? [])
    if (cluster?.server !== undefined && typeof cluster.server !== 'string')
      throw new Error('the server of a cluster in it is no text');
};

const largest = 4 << 20;

const read = (kubeconfig: string): KubeConfig => {
  const config = new (readClient().KubeConfig)();
  try {
    const text = readNamedFile(kubeconfig, largest);
    const written: unknown = parse(text, { logLevel: 'error' });
    if (typeof written !== 'object' || written === null || Array.isArray(written))
      throw new Error('it is no kubeconfig');
    registerKubeconfigSecrets(written);
    checkShape(written as Written);
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(kubeconfig));
    findPlugins(config, dirname(kubeconfig));
    useTokenFiles(config, { written: written as Written, folder: dirname(kubeconfig) });
  } catch (error) {
    // Only the first line: the rest of a parser's message quotes the file, which may contain secrets.
    const [why] = (whyNoFile(error) ?? (error as Error).message).split('\n');
    throw new Error(`cannot read the kubeconfig ${kubeconfig}: ${why?.replace(/:$/, '')}`, { cause: error });
  }
  return config;
};

/**
 * Resolves relative paths of plugins against the folder of the kubeconfig, as kubectl does. Names without a slash
 * stay, for the search in PATH.
 */
const findPlugins = (config: KubeConfig, folder: string): void => {
  config.users = config.users.map((user) => {
    const command: unknown = user.exec?.command;
    if (typeof command !== 'string' || !command.includes('/') || isAbsolute(command)) return user;
    return { ...user, exec: { ...user.exec, command: resolve(folder, command) } };
  });
};

/**
 * Adds support for `tokenFile`, which the client lacks. As in kubectl, it takes precedence over `token`. It is read
 * for each request, because Kubernetes replaces the token of a pod's service account within the hour.
 */
const useTokenFiles = (
  config: KubeConfig,
  { written, folder }: { written: Written; folder: string },
): void => {
  const files = new Map<string, string>();
  for (const { name = '', user } of written.users ?? [])
    if (user?.tokenFile) files.set(name, resolve(folder, user.tokenFile));
  if (files.size === 0) return;
  config.users = config.users.map((user) => {
    const { token: _, ...others } = user;
    return files.has(user.name) ? others : user;
  });
  config.addAuthenticator({
    isAuthProvider: ({ name }) => files.has(name),
    applyAuthentication: async ({ name }, request) => {
      const token = await readFile(files.get(name) ?? '', 'utf8');
      request.headers = { ...request.headers, Authorization: `Bearer ${token.trim()}` };
    },
  });
};
