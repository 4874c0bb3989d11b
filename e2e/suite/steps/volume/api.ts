import { apiPort, managerPodOf } from '../../../longhorn/manager.ts';
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
