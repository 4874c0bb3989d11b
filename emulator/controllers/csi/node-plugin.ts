import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ManagerContext } from '../../manager/context.ts';
import { longhornProvisioner } from '../../modelled-on.ts';
import { encodeStrings, type Fields, serveGrpc } from './grpc.ts';

const run = promisify(execFile);

/** The folder in which the kubelet looks for sockets of plugins. */
export const pluginRegistry = '/var/lib/kubelet/plugins_registry';

const socket = `${pluginRegistry}/${longhornProvisioner}-reg.sock`;

// $1: device, $2: the folder of the pod, $3: not empty for a mutant.
const publishScript = `
set -e
if mountpoint -q "$2"; then exit 0; fi
if [ -n "$3" ] || ! blkid -p "$1"; then mkfs.ext4 -q -F "$1"; fi
mkdir -p "$2"
mount -t ext4 "$1" "$2"`;
const unpublishScript = `
set -e
if mountpoint -q "$1"; then umount "$1"; fi
if [ -e "$1" ]; then rmdir "$1"; fi`;

// On the node itself: what is mounted in this pod alone is not seen by another.
const onNode = async (script: string, ...args: string[]): Promise<Buffer> => {
  await run('nsenter', ['--mount=/host/proc/1/ns/mnt', 'sh', '-c', script, 'csi', ...args]);
  return Buffer.alloc(0);
};

/**
 * Does what Longhorn's CSI plugin does on a node: formats the device of a volume if that is empty, and mounts it for a
 * pod. One socket has the registration at the kubelet too.
 */
export const startNodePlugin = ({ node, mutant, signal }: ManagerContext): Promise<void> => {
  const text = (request: Fields, field: number): string => request.get(field)?.toString() ?? '';
  const nothing = async (): Promise<Buffer> => Buffer.alloc(0);
  const methods = {
    '/pluginregistration.Registration/GetInfo': async () =>
      encodeStrings({ 1: 'CSIPlugin', 2: longhornProvisioner, 3: socket, 4: '1.0.0' }),
    '/pluginregistration.Registration/NotifyRegistrationStatus': nothing,
    '/csi.v1.Node/NodeGetInfo': async () => encodeStrings({ 1: node }),
    '/csi.v1.Node/NodeGetCapabilities': nothing,
    '/csi.v1.Node/NodePublishVolume': (request: Fields) =>
      onNode(
        publishScript,
        `/dev/longhorn/${text(request, 1)}`,
        text(request, 4),
        mutant === 'csi-formats-again' ? 'again' : '',
      ),
    '/csi.v1.Node/NodeUnpublishVolume': (request: Fields) => onNode(unpublishScript, text(request, 2)),
  };
  return serveGrpc(socket, methods, signal);
};
