import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer, type Server } from 'node:https';
import { connect, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { createExec } from '../../e2e/kube/exec.ts';
import { loadKubeconfig } from '../../e2e/kube/kubeconfig.ts';
import { createForward } from '../../e2e/kube/port-forward.ts';
import { proxyFor } from '../../e2e/kube/proxy.ts';
import { createRequest } from '../../e2e/kube/request.ts';
import { end, listen } from '../support/serving.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';
import { acceptWebSocket } from '../support/web-socket.ts';

const proxy = 'http://proxy.test:3128';

test.each([
  ['https://api.test:6443', { HTTPS_PROXY: proxy }, proxy],
  ['https://api.test:6443', { https_proxy: 'proxy.test:3128' }, proxy],
  ['http://api.test', { HTTPS_PROXY: proxy }, undefined],
  ['http://api.test', { HTTP_PROXY: proxy }, proxy],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://api.test', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['https://api.test', { HTTPS_PROXY: proxy, NO_PROXY: 'x, TEST' }, undefined],
  ['https://api.test', { HTTPS_PROXY: proxy, NO_PROXY: '.api.test' }, proxy],
  ['https://a.api.test', { HTTPS_PROXY: proxy, NO_PROXY: '.api.test' }, undefined],
  ['https://a.api.test', { HTTPS_PROXY: proxy, NO_PROXY: '*.api.test' }, undefined],
  ['https://notapi.test', { HTTPS_PROXY: proxy, NO_PROXY: 'api.test' }, proxy],
  ['https://api.test:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.test:6443' }, undefined],
  ['https://api.test:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.test:443' }, proxy],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: proxy, no_proxy: '10.0.0.0/8' }, undefined],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.2.0.0/16,10.1.2.4,nonsense/x' }, proxy],
  ['https://[fd00::3]:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::3' }, undefined],
])('%s, with %j', (server, environment, expected) => {
  expect(proxyFor(server, environment)).toBe(expected);
});

test('what is no proxy is named by its variable, without its value', () => {
  expect(() => proxyFor('https://api.test', { HTTPS_PROXY: 'ftp://me:secret@p' })).toThrow(
    /^HTTPS_PROXY names no proxy that can be used: give a URL with http, https or socks5$/,
  );
});

describe('a server that only a proxy reaches', () => {
  // A name that nobody resolves: only a proxy knows the way.
  const host = 'api.test';
  const folder = folderOfEachTest();
  let server: Server;
  let between: HttpServer;
  /** What the proxy was asked for. */
  let requested: string[];
  let sockets: Socket[];
  const upgrades = (request: IncomingMessage, socket: Socket): void => {
    const protocol = String(request.headers['sec-websocket-protocol']).split(',')[0] ?? '';
    const peer = acceptWebSocket(request, socket, protocol);
    if (request.url?.includes('/portforward'))
      peer.onMessage((message) => peer.send(Buffer.concat([Buffer.of(0, 0x40, 0x1f), message.subarray(1)])));
    else {
      peer.send(Buffer.concat([Buffer.of(1), Buffer.from('done')]));
      peer.send(Buffer.concat([Buffer.of(3), Buffer.from('{"status":"Success"}')]));
    }
  };

  beforeEach(async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
    });
    server = createSecureServer({ cert, key }, (_, response) => response.end('{"gitVersion":"v1"}'));
    server.on('upgrade', upgrades);
    const port = await listen(server);
    [requested, sockets] = [[], []];
    between = createServer().on('connect', ({ url = '' }, socket: Socket) => {
      requested.push(url);
      sockets.push(socket);
      const way = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      way.on('error', () => socket.destroy());
      socket.on('error', () => {}).on('close', () => way.destroy());
      way.pipe(socket).pipe(way);
    });
    const kubeconfig = {
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `https://${host}:${port}`,
            'certificate-authority-data': Buffer.from(cert).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    await writeFile(folder('kubeconfig'), stringify(kubeconfig));
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${await listen(between)}`);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const socket of sockets) socket.destroy();
    await Promise.all([end(server), end(between)]);
  });

  test('requests, execs and forwards go through the proxy that the environment names', async () => {
    const { config, server: url } = loadKubeconfig({ kubeconfig: folder('kubeconfig') });
    expect(await (await createRequest(config, url)('/version')).json()).toEqual({ gitVersion: 'v1' });
    expect(await createExec(config)({ namespace: 'n', name: 'p' }, ['true'])).toMatchObject({
      stdout: 'done',
      exitCode: 0,
    });
    const [near, far] = duplexPair();
    const forwarded = createForward(config)({ namespace: 'n', name: 'p', port: 8000 }, far);
    near.end('back and forth');
    await forwarded;
    expect(String((await once(near, 'data'))[0])).toBe('back and forth');
    expect(requested).not.toEqual([]);
    expect(new Set(requested)).toEqual(new Set([new URL(url).host]));
  });
});
