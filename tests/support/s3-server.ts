import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3ServerArtifact } from '../../lab/build/s3-server.ts';
import { ensureCached } from '../../lab/cache/cache.ts';
import { startOwned } from './owned-process.ts';
import { freePort } from './serving.ts';

export type LocalS3 = Awaited<ReturnType<typeof startS3Server>>;

// It takes a second on an idle machine.
const startTimeout = 120_000;

/** The server's root user, and a folder with the file of its other users (`users.json`). */
type Accounts = { users: string; accessKeyId: string; secretAccessKey: string };

/**
 * Starts an S3 server on loopback, with one bucket whose objects are files below `folder`. With a certificate and its
 * key (files in PEM), it uses TLS. With `accounts`, the caller makes the bucket. The returned keys are those of the root
 * user, who may do everything. The log has a line for each request.
 */
export const startS3Server = async (tls?: { cert: string; key: string }, accounts?: Accounts) => {
  const root = await mkdtemp(join(tmpdir(), 'corral-s3-'));
  const bucket = 'backups';
  const folder = join(root, 'data', bucket);
  for (const each of [
    accounts === undefined ? folder : join(root, 'data'),
    join(root, 'meta'),
    join(root, 'versions'),
  ])
    await mkdir(each, { recursive: true });
  const port = await freePort();
  const { users, ...keys } = accounts ?? { users: root, accessKeyId: 'root', secretAccessKey: 'root-secret' };
  let said = '';
  const server = startOwned(
    join(await ensureCached(await s3ServerArtifact()), 'versitygw'),
    [
      ...['--port', `127.0.0.1:${port}`, '--iam-dir', users],
      ...(tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key]),
      // Otherwise it stores metadata in extended attributes, which not every file system has.
      ...['posix', '--sidecar', join(root, 'meta'), '--versioning-dir', join(root, 'versions')],
      join(root, 'data'),
    ],
    {
      env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
      onText: (text) => {
        said += text;
      },
    },
  );
  const stop = async () => {
    await server.kill();
    await rm(root, { recursive: true, force: true });
  };
  try {
    await answering(port, server.ended);
  } catch (error) {
    await stop();
    throw new Error(`the S3 server of a test did not start: ${(error as Error).message}\n${said}`);
  }
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return { endpoint, region: 'us-east-1', bucket, ...keys, folder, log: () => said, stop };
};

/** Waits until a port of loopback answers. Throws if the process that should listen has ended. */
export const answering = async (port: number, ended: Promise<unknown>): Promise<void> => {
  const deadline = Date.now() + startTimeout;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      socket.destroy();
    }
    const over = ended.then(() => true);
    if (await Promise.race([over, sleep(50, false)])) throw new Error('it has ended');
  }
};
