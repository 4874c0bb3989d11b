/** A command that makes Kubernetes clusters of Docker containers, with the arguments for its calls. */
export type ClusterTool = {
  name: 'kind' | 'k3d';
  /** How to install it, for the end of `kind is missing: `. */
  install: string;
  /** The first version that accepts all of these arguments. */
  oldest: string;
  /** Lists its clusters. `read` extracts their names from the output. */
  list: { args: string[]; read: (stdout: string) => string[] };
  create: (cluster: { name: string; kubeconfig: string }) => string[];
  /** Prints the kubeconfig, for a tool whose `create` does not write it. */
  kubeconfig?: (name: string) => string[];
  /** Imports an image archive into the nodes that Longhorn runs on. Fails if one of them does not accept it. */
  load: (cluster: { name: string; archive: string; workers: readonly string[] }) => string[];
  /**
   * Writes the logs of a cluster's nodes into a folder, even of an incomplete cluster. Undefined if the tool cannot.
   */
  saveLogs?: (cluster: { name: string; folder: string }) => string[];
  /** Deletes a cluster, even an incomplete one. A missing cluster is no failure. */
  remove: (name: string) => string[];
  context: (name: string) => string;
  /** The nodes that Longhorn runs on. */
  workers: (name: string) => string[];
};
