import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../emulator/kubernetes/client.ts';

test('the options of a deletion reach the API server, and the next request on that connection too', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const server = createServer({ cert, key }, async (request, response) => {
    const options = request.headers['content-length'] ? await json(request) : null;
    response.end(JSON.stringify({ options, port: request.socket.remotePort }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const client = createClient({ server: `https://127.0.0.1:${port}`, ca: cert, token: () => 'token' });

  const options = { propagationPolicy: 'Foreground' };
  const first = await client.request<{ port: number }>('DELETE', '/one', options);
  expect(first).toMatchObject({ options });
  expect(await client.request('GET', '/two')).toEqual({ options: null, port: first.port });
});
