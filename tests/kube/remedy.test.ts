import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/kube/cluster.ts';
import { remedyOf } from '../../e2e/kube/remedy.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const dir = folderOfEachTest();

test.each([
  [
    'another CA',
    [],
    /^name the certificate of the CA .*\(certificate-authority, or certificate-authority-data\)$/,
  ],
  ['another name', ['certificate-authority-data'], /^name the server as its certificate does/],
])("a server's certificate of %s has its remedy", async (_, fields, remedy) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'other.test' }]);
  const server = createServer({ cert, key }, (__, response) => response.end('{"gitVersion":"v1"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ca = Object.fromEntries(fields.map((field) => [field, Buffer.from(cert).toString('base64')]));
  const config = {
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}`, ...ca } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(dir('kubeconfig'), stringify(config));
  const error = await connect({ kubeconfig: dir('kubeconfig'), context: 'x' })
    .version()
    .catch((thrown) => thrown);
  expect(remedyOf(error)).toMatch(remedy);
});
