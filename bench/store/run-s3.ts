import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { generate } from 'selfsigned';
import { startS3Server } from '../../tests/support/s3-server.ts';
import { type Figures, note, table } from '../lab/table.ts';
import { makeStore } from './make-store.ts';

const child = fileURLToPath(new URL('./s3-child.ts', import.meta.url));

/**
 * Measures `fsck` of a store of so many blocks in a bucket beside the downloading of these blocks by the same
 * client, both 16 at a time, in turns, over TLS from a server on loopback; and gives the tables. A server on
 * loopback has its processors in common with both, and sends faster than any network: nothing of the time in
 * which fsck decompresses and hashes is hidden behind a wait.
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
  const measure = async (what: 'fsck' | 'download'): Promise<number> => {
    const started = performance.now();
    const { stderr } = await execa(
      process.execPath,
      [child, what, `s3://${server.bucket}@${server.region}/bench`],
      {
        env: {
          AWS_ENDPOINT_URL: server.endpoint,
          AWS_CA_BUNDLE: cert,
          AWS_ACCESS_KEY_ID: server.accessKeyId,
          AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        },
      },
    );
    const took = (performance.now() - started) / 1000;
    note(seconds, what, took);
    note(memory, what, Number(stderr.split('\n').at(-1)) / 1024);
    return took;
  };
  try {
    const bytes = await makeStore(join(server.folder, 'bench'), blocks);
    print(`${blocks} blocks, ${(bytes / (1 << 20)).toFixed(0)} MiB, ${availableParallelism()} processors`);
    for (let run = 1; run <= runs; run += 1) {
      const [ours, theirs] = [await measure('fsck'), await measure('download')];
      note(ratio, 'fsck / download', ours / theirs);
      print(`run ${run} of ${runs}: fsck ${ours.toFixed(1)} s, download ${theirs.toFixed(1)} s`);
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
  return [
    table('the same blocks, s', seconds),
    table('most memory, MiB', memory),
    table('how many times as long (goal: 1.5)', ratio),
  ].join('\n');
};
