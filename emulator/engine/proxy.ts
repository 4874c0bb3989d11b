import { createServer } from 'node:http';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { packReplica, removeReplica, unpackReplica } from './replica-files.ts';
import type { EngineBackupStatus, PrepareUpload, Uploads } from './upload.ts';

/** Port of the engine proxy. In Longhorn, the instance manager serves it with gRPC. Here it uses HTTP and JSON. */
export const proxyPort = 8501;

type BackupName = { backup: string };
type Folder = { directory: string };

/** Serves this node's engines to the managers of other nodes, and /healthz to the kubelet. Resolves once it listens. */
export const serveProxy = async (
  {
    host,
    replicas,
    uploads,
    isReady,
  }: { host: string; replicas: string; uploads: Uploads; isReady: () => boolean },
  signal: AbortSignal,
): Promise<void> => {
  // Any pod can ask: nothing but the folder of a replica is given away, or removed.
  const ofReplica = (directory: string): string => {
    if (dirname(resolve(directory)) !== replicas)
      throw new Error(`${directory} is not the folder of a replica`);
    return directory;
  };
  const actions: Record<string, (body: PrepareUpload & BackupName & Folder) => Promise<void> | void> = {
    '/prepare-backup': (upload) => uploads.prepare(upload),
    '/start-backup': ({ backup }) => uploads.start(backup),
    '/give-up-backup': ({ backup }) => uploads.giveUp(backup),
    '/remove-replica': ({ directory }) => removeReplica(ofReplica(directory)),
  };
  // Clients keep their connections. If the server closed an idle one, a request sent at that moment would fail.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const answer = (code: number, body: unknown) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://proxy');
      if (pathname === '/healthz') return answer(isReady() ? 200 : 503, { ready: isReady() });
      const act = request.method === 'POST' ? actions[pathname] : undefined;
      if (act) {
        await act((await json(request)) as PrepareUpload & BackupName & Folder);
        return answer(200, {});
      }
      if (pathname === '/replica')
        return await packReplica(ofReplica(searchParams.get('directory') ?? ''), response);
      if (pathname === '/backup-status')
        return answer(200, uploads.status(searchParams.get('backup') ?? '') ?? null);
      return answer(404, { error: `not emulated: ${request.method} ${pathname}` });
    } catch (error) {
      // A part of a folder may have been sent.
      if (response.headersSent) return void response.destroy();
      return answer(500, { error: (error as Error).message });
    }
  });
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  const { promise, resolve: listening, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(proxyPort, host, listening);
  await promise;
};

const call = async <T>(ip: string, path: string, timeout: number, body?: unknown): Promise<T> => {
  const response = await fetch(`http://${ip}:${proxyPort}${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeout),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error((answer as { error: string }).error);
  return answer as T;
};

// Added to the upload's own timeout, so that the caller gets the reason. In milliseconds.
const grace = 5_000;
const statusTimeout = 60_000;

/** Prepares a backup on the node of an instance manager. Resolves once the backup is about to write its lock. */
export const prepareBackup = (ip: string, body: PrepareUpload): Promise<unknown> =>
  call(ip, '/prepare-backup', body.timeout + grace, body);

/**
 * Starts a prepared backup. Resolves once it is in progress, rejects with the engine's text. `timeout` is in
 * milliseconds.
 */
export const startBackup = (ip: string, backup: string, timeout: number): Promise<unknown> =>
  call(ip, '/start-backup', timeout + grace, { backup } satisfies BackupName);

/** Ends a prepared backup that must not start now. */
export const cancelPreparedBackup = (ip: string, backup: string): Promise<unknown> =>
  call(ip, '/give-up-backup', statusTimeout, { backup } satisfies BackupName);

// In Longhorn each engine and each replica has a port of its own.
const enginePort = 10_100;
export const replicaPort = 10_000;

/** The address of the replicas on a node. */
export const replicaAddress = (ip: string): string => `tcp://${ip}:${replicaPort}`;

const failedStatus = (ip: string, backup: string, reason: string): string =>
  `proxyServer=${ip}:${proxyPort} destination=${ip}:${enginePort}: failed to get ${backup} backup status: rpc error: code = ${reason}`;

const noProxy = 'Unavailable desc = error reading from server: EOF';

/** What Longhorn's client says of a proxy that is gone. */
export const lostProxy = (ip: string, backup: string): string => failedStatus(ip, backup, noProxy);

/**
 * Returns the progress of a backup, null if no replica on that node knows it. The texts of errors are those of
 * Longhorn's client of the proxy.
 */
export const fetchBackupStatus = async (ip: string, backup: string): Promise<EngineBackupStatus | null> => {
  try {
    return await call(ip, `/backup-status?backup=${encodeURIComponent(backup)}`, statusTimeout);
  } catch (error) {
    const { name, message } = error as Error;
    // `fetch` throws a TypeError if nothing listens. A node without power answers nothing at all.
    const reasons: Record<string, string> = {
      TypeError: noProxy,
      TimeoutError: 'DeadlineExceeded desc = context deadline exceeded',
    };
    const reason = reasons[name] ?? `Unknown desc = ${message}`;
    throw new Error(failedStatus(ip, backup, reason), { cause: error });
  }
};

/** Copies a replica's folder from another node to this one. */
export const receiveReplica = async (ip: string, directory: string): Promise<void> => {
  const { ok, status, body } = await fetch(
    `http://${ip}:${proxyPort}/replica?directory=${encodeURIComponent(directory)}`,
  );
  if (!ok || !body)
    throw new Error(`failed to get the replica ${directory} from ${ip}: HTTP status ${status}`);
  await unpackReplica(directory, Readable.fromWeb(body as ReadableStream));
};

/** Removes a replica's folder on another node. */
export const removeReplicaAt = (ip: string, directory: string): Promise<unknown> =>
  call(ip, '/remove-replica', statusTimeout, { directory } satisfies Folder);
