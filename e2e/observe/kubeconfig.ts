import { KubeConfig } from '@kubernetes/client-node';

/** Reads a kubeconfig and settles on one context of it; throws one clear line for a file, a context or a cluster that is not there. */
export const loadKubeconfig = (options: {
  kubeconfig: string;
  context?: string;
}): { config: KubeConfig; server: string; context: string } => {
  const config = new KubeConfig();
  try {
    config.loadFromFile(options.kubeconfig);
  } catch (error) {
    throw new Error(`cannot read the kubeconfig ${options.kubeconfig}: ${(error as Error).message}`, { cause: error });
  }
  const context = options.context ?? config.getCurrentContext();
  const known = config.getContexts().map(({ name }) => name);
  if (!context)
    throw new Error(`the kubeconfig ${options.kubeconfig} names no current context, and none was given (it has: ${known.join(', ')})`);
  if (!known.includes(context))
    throw new Error(`the kubeconfig ${options.kubeconfig} has no context "${context}" (it has: ${known.join(', ')})`);
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error(`the context "${context}" of the kubeconfig ${options.kubeconfig} names a cluster that is not in it`);
  return { config, server: cluster.server.replace(/\/+$/, ''), context };
};
