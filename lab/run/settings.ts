import { join } from 'node:path';
import { cacheRoot } from '../cache/folders.ts';
import type { LabSize } from '../size.ts';

/** The settings of the supervisor: all paths are absolute. */
export type LabSettings = LabSize & {
  name: string;
  /** The lab's own folder: everything that it writes lies here, and goes with it. */
  dir: string;
  /** The root image that nodes start copy-on-write from. */
  image: string;
  /** The `kube` binary, the folder of the tools' commands and that of the nodes' kernel. */
  kube: string;
  tools: string;
  kernel: string;
  /**
   * How long Kubernetes waits for a silent node before it calls it NotReady, as `16s`; left out, it is
   * Kubernetes' own 50 s.
   */
  nodeGrace?: string;
  /** Whether pods reach the API server through a gate, where their writes can be followed, held and refused. */
  apiGate?: boolean;
  /** The port on 127.0.0.1 under which the API server is reached from outside. */
  port: number;
};

/** The folder of a lab while it is up. */
export const labDir = (name: string): string => join(cacheRoot(), 'labs', name);

/** The files of a lab that others read. */
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
 * The sockets of a lab, relative to its folder, which whoever uses them has as its working directory:
 * the path of a unix socket may not be longer than 107 bytes, that of a cache may.
 */
export const labSockets = {
  api: 'api.sock',
  control: 'control.sock',
  gate: 'gate.sock',
  console: (node: string) => `${node}.sock`,
};
