/**
 * A command that makes Kubernetes clusters of Docker containers, by the arguments with which it is called.
 */
export type ClusterTool = {
  name: 'kind' | 'k3d';
  /** How to get it, after `kind is missing: `. */
  install: string;
  /** The first version that knows all of these arguments. */
  oldest: string;
  /** Lists its clusters; `read` takes their names out of what it prints. */
  list: { args: string[]; read: (stdout: string) => string[] };
  create: (cluster: { name: string; kubeconfig: string }) => string[];
  /** Prints the kubeconfig, where creating does not write it. */
  kubeconfig?: (name: string) => string[];
  /**
   * Imports an image archive into the nodes that Longhorn runs on; ends with a failure when one of them does
   * not take it.
   */
  load: (cluster: { name: string; archive: string; workers: readonly string[] }) => string[];
  /** Writes what the nodes of a cluster logged into a folder, whole or half made; missing where it cannot. */
  saveLogs?: (cluster: { name: string; folder: string }) => string[];
  /** Deletes a cluster, whole or half made; one that is not there is no failure. */
  remove: (name: string) => string[];
  context: (name: string) => string;
  /** The nodes that Longhorn runs on. */
  workers: (name: string) => string[];
};
