import { createServer, type IncomingMessage } from 'node:http';
import type { EngineBackupStatus, UploadRequest, Uploads } from './upload.ts';

/** Port of the engine proxy, the instance manager's in Longhorn; there it speaks gRPC, here HTTP and JSON. */
export const proxyPort = 8501;

type SnapshotBackup = { url: string; request: UploadRequest; timeout: number };

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Serves this node's engines to the managers of the other nodes, and /healthz to the kubelet; resolves once it listens. */
export const serveProxy = async (
  { host, uploads, isReady }: { host: string; uploads: Uploads; isReady: () => boolean },
  signal: AbortSignal,
): Promise<void> => {
  // Whoever asks keeps its connections: one that is closed as idle just then would be a request that failed.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const answer = (code: number, body: unknown) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://proxy');
      if (pathname === '/healthz') return answer(isReady() ? 200 : 503, { ready: isReady() });
      if (pathname === '/snapshot-backup' && request.method === 'POST') {
        const body: SnapshotBackup = JSON.parse(await readBody(request));
        await uploads.start(body.url, body.request, body.timeout);
        return answer(200, {});
      }
      if (pathname === '/backup-status') return answer(200, uploads.status(searchParams.get('backup') ?? '') ?? null);
      return answer(404, { error: `not emulated: ${request.method} ${pathname}` });
    } catch (error) {
      return answer(500, { error: (error as Error).message });
    }
  });
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(proxyPort, host, resolve);
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

// Beyond the upload's own limit, so that this side learns its reason.
const grace = 5_000;
const statusTimeout = 60_000;

/** Starts a backup on the node of an instance manager; resolves once it is under way, rejects with the engine's words. */
export const snapshotBackup = (ip: string, body: SnapshotBackup): Promise<unknown> =>
  call(ip, '/snapshot-backup', body.timeout + grace, body);

/** Asks how far a backup has come; null if that node's instance manager knows nothing of it. */
export const backupStatus = (ip: string, backup: string): Promise<EngineBackupStatus | null> =>
  call(ip, `/backup-status?backup=${encodeURIComponent(backup)}`, statusTimeout);
