import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { generate } from 'selfsigned';
import { startS3Server } from '../../tests/support/s3-server.ts';
import { addFigure, type Figures, figuresTable } from '../lab/table.ts';
import { makeStore } from './make-store.ts';

const child = fileURLToPath(new URL('./s3-child.ts', import.meta.url));

// A gigabit a second, in bytes for a millisecond.
const rate = 1e9 / 8 / 1000;

/** Forwards connections to a port of loopback, and back no faster than a network of a gigabit a second. */
const openNetwork = async (port: number): Promise<{ port: number; close(): void }> => {
  // When all that was sent so far would have arrived, on all connections together.
  let arrived = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const slow = new Transform({
      transform: (chunk, _, next) => {
        arrived = Math.max(arrived, performance.now()) + chunk.length / rate;
        setTimeout(() => next(null, chunk), Math.max(0, arrived - performance.now()));
      },
    });
    near.pipe(far).pipe(slow).pipe(near);
    // A client that ends breaks its connections.
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
};

/**
 * Measures `fsck` of a store of so many blocks in a bucket beside the downloading of these blocks by the same
 * client, both 16 at a time, in turns, over TLS; and gives the tables. From a server on loopback, which has its
 * processors in common with both and sends faster than any network: nothing of the time in which fsck
 * decompresses and hashes is hidden behind a wait; and from the same server over a network of a gigabit a second.
 */
export const benchS3 = async ({
  blocks,
  runs,
  print,
}: {
  blocks: number;
  runs: number;
  print: (line: string) => void;
}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bench-s3-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = await generate([{ name: 'commonName', value: 'store' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  await writeFile(cert, made.cert);
  await writeFile(key, made.private);
  const server = await startS3Server({ cert, key });
  const seconds: Figures = new Map();
  const memory: Figures = new Map();
  const ratio: Figures = new Map();
  const network = await openNetwork(Number(new URL(server.endpoint).port));
  const ways = { loopback: server.endpoint, '1 Gbit/s': `https://127.0.0.1:${network.port}` };
  const measure = async (what: 'fsck' | 'download', way: keyof typeof ways): Promise<number> => {
    const started = performance.now();
    const { stderr } = await execa(
      process.execPath,
      [child, what, `s3://${server.bucket}@${server.region}/bench`],
      {
        env: {
          AWS_ENDPOINT_URL: ways[way],
          AWS_CA_BUNDLE: cert,
          AWS_ACCESS_KEY_ID: server.accessKeyId,
          AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        },
      },
    );
    const took = (performance.now() - started) / 1000;
    addFigure(seconds, `${what}, ${way}`, took);
    addFigure(memory, `${what}, ${way}`, Number(stderr.split('\n').at(-1)) / 1024);
    return took;
  };
  try {
    const bytes = await makeStore(join(server.folder, 'bench'), blocks);
    print(`${blocks} blocks, ${(bytes / (1 << 20)).toFixed(0)} MiB, ${availableParallelism()} processors`);
    for (let run = 1; run <= runs; run += 1)
      for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
        const [ours, theirs] = [await measure('fsck', way), await measure('download', way)];
        addFigure(ratio, `fsck / download, ${way}`, ours / theirs);
        print(`run ${run} of ${runs}, ${way}: fsck ${ours.toFixed(1)} s, download ${theirs.toFixed(1)} s`);
      }
  } finally {
    network.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
  return [
    figuresTable('the same blocks, s', seconds),
    figuresTable('most memory, MiB', memory),
    figuresTable('how many times as long (goal: 1.5)', ratio),
  ].join('\n');
};
