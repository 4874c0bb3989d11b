import { apiPort, managerPodOf } from '../../../longhorn/manager.ts';
import type { Context } from '../context.ts';
import type { SnapshotHandle } from '../handles.ts';
import { attach, detach, untilDetached } from './volume.ts';

// The API listens on the address of the pod alone.
const post = `exec 3<>"/dev/tcp/$POD_IP/${apiPort}" &&
printf 'POST /v1/volumes/%s?action=snapshotRevert HTTP/1.0\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$1" "\${#2}" "$2" >&3 &&
timeout 60 cat <&3`;

/** Reverts a volume to one of its snapshots. Longhorn does so only while the volume has no block device. */
export const revertTo = async (
  context: Context,
  { name: snapshot, volume }: SnapshotHandle,
): Promise<void> => {
  const { cluster } = context;
  const { name, node } = volume;
  const detached = async (): Promise<void> => {
    await detach(context, name);
    await untilDetached(context, name);
  };
  await detached();
  await attach(context, { name, node, disableFrontend: true });
  const manager = await managerPodOf(cluster, node);
  const { stdout, stderr } = await cluster.script(manager, post, name, JSON.stringify({ name: snapshot }));
  const [status = ''] = stdout.split('\r\n', 1);
  if (!/ 20\d /.test(status))
    throw new Error(
      `volume ${name} is not reverted: ${stdout.split('\r\n\r\n')[1] || status || stderr.trim()}`,
    );
  await detached();
  await attach(context, { name, node });
};
