import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ClusterTool } from '../docker/tool.ts';

const iscsiadm = fileURLToPath(new URL('../../fixtures/kind/iscsiadm', import.meta.url));

const listSchema = z.array(z.object({ name: z.string() }));

// For the server, as in kind: Longhorn's pods run only on the agents.
const serverArgs = ['--disable=traefik', '--disable=servicelb', '--disable=metrics-server'].concat(
  '--node-taint=node-role.kubernetes.io/control-plane:NoSchedule',
);

/** k3d. Its containers have the label `k3d.cluster=NAME`. */
export const k3dTool: ClusterTool = {
  name: 'k3d',
  install: 'see k3d.io for its ways to install it',
  oldest: '5.4.0',
  list: {
    args: ['cluster', 'list', '--output', 'json'],
    read: (stdout) => listSchema.parse(JSON.parse(stdout)).map(({ name }) => name),
  },
  create: ({ name }) => [
    ...['cluster', 'create', name, '--servers', '1', '--agents', '3', '--no-lb', '--wait'],
    ...['--kubeconfig-update-default=false', '--kubeconfig-switch-context=false'],
    ...serverArgs.flatMap((arg) => ['--k3s-arg', `${arg}@server:*`]),
    // Without it, pods do not see each other's mounts, which Longhorn needs for /var/lib/longhorn.
    ...['--env', 'K3D_FIX_MOUNTS=1@server:*;agent:*'],
    ...['--volume', `${iscsiadm}:/usr/local/bin/iscsiadm@agent:*`],
    // A Docker volume, which is removed with the node: the container's own file system cannot hold replicas.
    ...['--volume', '/var/lib/longhorn@agent:*'],
  ],
  kubeconfig: (name) => ['kubeconfig', 'get', name],
  // The other modes succeed even if a node did not accept the images.
  load: ({ name, archive }) => ['image', 'import', archive, '--cluster', name, '--mode', 'direct'],
  remove: (name) => ['cluster', 'delete', name],
  context: (name) => `k3d-${name}`,
  workers: (name) => [0, 1, 2].map((index) => `k3d-${name}-agent-${index}`),
};
