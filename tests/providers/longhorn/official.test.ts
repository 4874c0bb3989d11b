import { beforeEach, expect, test } from 'vitest';
import { fetchRelease } from '../../../providers/longhorn/official.ts';
import { startRegistry } from '../../support/oci-registry.ts';
import { type Answer, startStubServer } from '../../support/stub-api-server.ts';

let from: string;
beforeEach(async () => {
  const answer: Answer = (response, { url }) => {
    if (url === '/v1.12.1/deploy/longhorn.yaml') response.end('a release');
    else if (url === '/master/deploy/longhorn.yaml') response.end('a branch');
    else response.writeHead(url?.startsWith('/v1.12.2') ? 503 : 404).end();
  };
  ({ url: from } = await startStubServer({ answer }));
});

test.each([
  ['v1.12.1', '/v1.12.1/deploy/longhorn.yaml', 'a release'],
  ['master-head', '/master/deploy/longhorn.yaml', 'a branch'],
])('%s', async (version, path, text) => {
  expect(await fetchRelease(version, from)).toEqual({ source: `${from}${path}`, text });
});

test.each([
  ['v1.99.0', 'release-unknown'],
  ['v1.12.2', 'release-unreachable'],
])('%s is not to be had', async (version, code) => {
  await expect(fetchRelease(version, from)).rejects.toMatchObject({
    ...{ name: 'PreconditionError', code, where: `--longhorn official:${version}` },
    what: expect.stringContaining(`${from}/${version}/deploy/longhorn.yaml`),
  });
});

test('without a way there, the other ways are named', async () => {
  const { url, stop } = await startRegistry([]);
  await stop();
  await expect(fetchRelease('v1.12.1', url)).rejects.toMatchObject({
    ...{ name: 'PreconditionError', code: 'release-unreachable', where: '--longhorn official:v1.12.1' },
    what: expect.stringContaining(new URL(url).host),
    remedy: expect.stringMatching(/--longhorn archive:DIR .* --registry-mirror URL$/),
  });
});
