import { apiPort, managerPodOf } from '../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';

// The API listens on the address of the pod alone.
const post = `exec 3<>"/dev/tcp/$POD_IP/${apiPort}" &&
printf 'POST /v1/%s HTTP/1.0\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$1" "\${#2}" "$2" >&3 &&
timeout 60 cat <&3`;

/** Sends a request to Longhorn's API, at the manager of a node. Returns whether that has accepted it, and its answer. */
export const postToApi = async (
  { cluster }: Pick<Context, 'cluster'>,
  node: string,
  { path, body }: { path: string; body: object },
): Promise<{ isAccepted: boolean; text: string }> => {
  const manager = await managerPodOf(cluster, node);
  const { stdout, stderr } = await cluster.script(manager, post, path, JSON.stringify(body));
  const [status = ''] = stdout.split('\r\n', 1);
  return {
    isAccepted: / 20\d /.test(status),
    text: stdout.split('\r\n\r\n')[1] || status || stderr.trim(),
  };
};

/** Sends a request for an action on a volume. */
export const postAction = (
  context: Pick<Context, 'cluster'>,
  node: string,
  { volume, action, body }: { volume: string; action: string; body: object },
): ReturnType<typeof postToApi> =>
  postToApi(context, node, { path: `volumes/${volume}?action=${action}`, body });

/** The actions that make a PersistentVolume and a claim of a volume, as Longhorn's page sends them. The cleanup removes both. */
export const claimRequests = ({ made, uniqueName }: Pick<Context, 'made' | 'uniqueName'>, volume: string) => {
  const claim = uniqueName('claim');
  made.persistentVolumes.push(volume);
  made.persistentVolumeClaims.push(claim);
  return {
    claim,
    requests: { pvCreate: { pvName: volume, fsType: 'ext4' }, pvcCreate: { namespace, pvcName: claim } },
  };
};
