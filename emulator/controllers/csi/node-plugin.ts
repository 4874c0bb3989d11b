import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ManagerContext } from '../../manager/context.ts';
import { longhornProvisioner } from '../../modelled-on.ts';
import { decodeFields, encodeStrings, type Fields, serveGrpc } from './grpc.ts';

const run = promisify(execFile);

/** The folder in which the kubelet looks for sockets of plugins. */
export const pluginRegistry = '/var/lib/kubelet/plugins_registry';

const socket = `${pluginRegistry}/${longhornProvisioner}-reg.sock`;

// $1: volume, $2: the folder of the pod, $3: not empty for a mutant. KEY: that of an encrypted volume (csi/crypto).
const publishScript = `
set -e
if mountpoint -q "$2"; then exit 0; fi
device="/dev/longhorn/$1"
if [ -n "$KEY" ]; then
  if ! cryptsetup isLuks "$device"; then
    printf %s "$KEY" | cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file - "$device"
  fi
  if [ ! -e "/dev/mapper/$1" ]; then printf %s "$KEY" | cryptsetup luksOpen --key-file - "$device" "$1"; fi
  device="/dev/mapper/$1"
fi
if [ -n "$3" ] || ! blkid -p "$device"; then mkfs.ext4 -q -F "$device"; fi
mkdir -p "$2"
mount -t ext4 "$device" "$2"`;
const unpublishScript = `
set -e
if mountpoint -q "$2"; then umount "$2"; fi
if [ -e "$2" ]; then rmdir "$2"; fi
if [ -e "/dev/mapper/$1" ]; then cryptsetup luksClose "$1"; fi`;

// On the node itself: what is mounted in this pod alone is not seen by another.
const onNode = async (script: string, args: readonly string[], key = ''): Promise<Buffer> => {
  const env = { ...process.env, KEY: key };
  await run('nsenter', ['--mount=/host/proc/1/ns/mnt', 'sh', '-c', script, 'csi', ...args], { env });
  return Buffer.alloc(0);
};

const text = (request: Fields, field: number): string => request.get(field)?.at(-1)?.toString() ?? '';

/** The key in the secrets of a request, a map in its field 7. Undefined for a volume that is not encrypted. */
const keyIn = (request: Fields): string | undefined =>
  request
    .get(7)
    ?.map(decodeFields)
    .filter((entry) => text(entry, 1) === 'CRYPTO_KEY_VALUE')
    .map((entry) => text(entry, 2))[0];

/**
 * Does what Longhorn's CSI plugin does on a node: formats the device of a volume if that is empty, and mounts it for a
 * pod. One socket has the registration at the kubelet too.
 */
export const startNodePlugin = ({ node, mutant, signal }: ManagerContext): Promise<void> => {
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
        [text(request, 1), text(request, 4), mutant === 'csi-formats-again' ? 'again' : ''],
        mutant === 'encryption-ignored' ? '' : keyIn(request),
      ),
    '/csi.v1.Node/NodeUnpublishVolume': (request: Fields) =>
      onNode(unpublishScript, [text(request, 1), text(request, 2)]),
  };
  return serveGrpc(socket, methods, signal);
};
