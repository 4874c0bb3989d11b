import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import { gateway } from '../run/topology.ts';
import type { LabAction } from './context.ts';

/** Time-out of importing images into a node: a constant, and a share for each byte. The lab's supervisor owns it. */
const TIMEOUT_MS = 3 * 60_000;
const SLOWEST_BYTES_PER_MS = 2_000;

const schema = z.object({ archive: z.string() });

const importInto = async (
  node: RunningNode,
  { url, within }: { url: string; within: number },
): Promise<void> => {
  const script = `set -o pipefail; curl -sSf ${url} | ctr -n k8s.io images import --local --no-unpack=false -`;
  const { exitCode, stderr } = await node.current().agent.run(script, { within });
  if (exitCode !== 0)
    throw new Error(
      `${node.name} could not import the images: ${stderr.trim().split('\n').slice(-3).join('; ')}`,
    );
};

/** Serves an image archive inside the lab's network while its nodes import it. */
export const importImages: LabAction = async ({ nodes }, request) => {
  const { archive } = schema.parse(request);
  const { size } = await stat(archive);
  const server = createServer((_, response) => {
    response.setHeader('content-length', size);
    // A node that closes the connection reports its own error.
    pipeline(createReadStream(archive), response).catch(() => {});
  });
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, gateway, resolve));
  const options = {
    url: `http://${gateway}:${(server.address() as AddressInfo).port}/images.tar`,
    within: Math.ceil(TIMEOUT_MS + size / SLOWEST_BYTES_PER_MS),
  };
  try {
    const ends = await Promise.allSettled(nodes.map((node) => importInto(node, options)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    server.closeAllConnections();
    server.close();
  }
};
