import { createServer, type RequestListener, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import { digestOf, ociLayout, type TestImage } from './image-archives.ts';
import { end, listen } from './serving.ts';

/** How a registry is to behave where it is not just right. */
export type RegistryOptions = {
  /** The token that it hands out, and wants to see. */
  token?: string;
  /** What it answers instead, by the path that is asked for. */
  alter?: (path: string) => Answer | undefined;
};

type Answer = { status?: number; headers?: Record<string, string>; body?: Buffer | string };

type Named = { digest: string; annotations: Record<string, string> };

const serve = async (listener: RequestListener): Promise<{ server: Server; url: string }> => {
  const server = createServer(listener);
  return { server, url: `http://127.0.0.1:${await listen(server)}` };
};

/**
 * A registry with images until the test ends, as the OCI distribution API has them; blobs come from a storage on another port, as
 * the big ones do it.
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
    /** `PATH` or `PATH with a token`; paths of the storage that it sends readers to are under `storage:`. */
    requests,
    stop,
  };
};
