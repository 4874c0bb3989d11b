import { join } from 'node:path';
import { cacheRoot } from '../cache/folders.ts';
import type { LabSize } from '../size.ts';

/**
 * What a lab is started with: the root image that nodes use copy-on-write, the `kube` binary, the folder of the tools'
 * commands, the folder of the nodes' kernel, and that of the snapshot controller if there is to be one.
 */
export type PreparedLab = {
  image: string;
  kube: string;
  tools: string;
  kernel: string;
  snapshotController?: string;
};

/** The settings of the supervisor. All paths are absolute. */
export type LabSettings = LabSize &
  PreparedLab & {
    name: string;
    /** The lab's folder. The lab writes only there, and the folder is removed with the lab. */
    dir: string;
    /**
     * How long Kubernetes waits for a silent node before it becomes NotReady, such as `16s`. Default:
     * Kubernetes' own 50 s.
     */
    nodeGrace?: string;
    /** Whether pods reach the API server through a proxy, where their writes can be followed, delayed and refused. */
    apiProxy?: boolean;
    /** The port on 127.0.0.1 at which the API server is reached from outside. */
    port: number;
  };

/** The folder of a running lab. */
export const labDir = (name: string): string => join(cacheRoot(), 'labs', name);

/** The files of a lab that other processes read. */
export const labFiles = (dir: string) => ({
  state: join(dir, 'state.json'),
  settings: join(dir, 'settings.json'),
  kubeconfig: join(dir, 'kubeconfig'),
  logs: join(dir, 'logs'),
  pki: join(dir, 'pki'),
  memory: join(dir, 'memory'),
  hostLog: join(dir, 'host.log'),
});

/**
 * The sockets of a lab, relative to its folder, which must be the working directory of their users: the path
 * of a Unix socket is limited to 107 bytes, and a cache's path may be longer.
 */
export const labSockets = {
  api: 'api.sock',
  control: 'control.sock',
  proxy: 'proxy.sock',
  console: (node: string) => `${node}.sock`,
};

/** The arguments of `unshare` for the namespaces in which a lab runs. */
export const namespaceArguments = [
  '--user',
  '--map-root-user',
  '--net',
  '--pid',
  '--fork',
  '--mount',
  '--mount-proc',
];
