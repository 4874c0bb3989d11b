import { createServer, type RequestListener, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import { digestOf, ociLayout, type TestImage } from './image-archives.ts';
import { end, listen } from './serving.ts';

/** How a registry deviates from a normal one. */
export type RegistryOptions = {
  /** The token that it issues and requires. */
  token?: string;
  /** Other answers, by the path of the request. */
  alter?: (path: string) => Answer | undefined;
};

type Answer = { status?: number; headers?: Record<string, string>; body?: Buffer | string };

type Named = { digest: string; annotations: Record<string, string> };

const serve = async (listener: RequestListener): Promise<{ server: Server; url: string }> => {
  const server = createServer(listener);
  return { server, url: `http://127.0.0.1:${await listen(server)}` };
};

/**
 * Serves images by the OCI distribution API until the test ends. Blobs come from a storage on another port, as in large
 * registries.
 */
export const startRegistry = async (
  images: readonly TestImage[],
  { token, alter = () => undefined }: RegistryOptions = {},
) => {
  const files = ociLayout(images);
  const { manifests }: { manifests: Named[] } = JSON.parse(String(files.get('index.json')));
  const nameOf = ({ annotations }: Named) => annotations['io.containerd.image.name']?.replace(/^[^/]+\//, '');
  const tags = new Map(manifests.map((manifest) => [nameOf(manifest), manifest.digest]));
  const blob = (digest: string): Buffer | undefined =>
    files.get(`blobs/sha256/${digest.slice('sha256:'.length)}`) as Buffer | undefined;
  const requests: string[] = [];
  const storage = await serve(({ url = '', headers }, response) => {
    requests.push(`storage:${url}${headers.authorization === undefined ? '' : ' with a token'}`);
    response.end(blob(url.slice(1)));
  });
  const { server, url: root } = await serve(({ url = '', headers: { authorization } }, response) => {
    requests.push(`${url}${authorization === undefined ? '' : ' with a token'}`);
    const other = alter(url);
    if (other) return void response.writeHead(other.status ?? 200, other.headers).end(other.body);
    if (url.startsWith('/token')) return void response.end(JSON.stringify({ token }));
    if (url === '/v2/' && token === undefined) return void response.end('{}');
    const [, repository = '', kind, reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    if (token !== undefined && authorization !== `Bearer ${token}`) {
      const challenge = `Bearer realm="${root}/token",service="the test's",scope="repository:${repository}:pull"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const isTag = kind === 'manifests' && !reference.startsWith('sha256:');
    const content = blob(isTag ? (tags.get(`${repository}:${reference}`) ?? '') : reference);
    if (content === undefined)
      return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    if (kind === 'blobs')
      return void response.writeHead(307, { location: `${storage.url}/${reference}` }).end();
    const { mediaType } = JSON.parse(content.toString());
    const headers = { 'content-type': mediaType, 'docker-content-digest': digestOf(content) };
    response.writeHead(200, headers).end(content);
  });
  const stop = async () => {
    for (const each of [server, storage.server]) await end(each);
  };
  onTestFinished(stop);
  return {
    url: root,
    /** The requests: `PATH` or `PATH with a token`. Those of the storage begin with `storage:`. */
    requests,
    stop,
  };
};
