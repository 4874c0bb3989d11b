import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { end, listen } from '../../support/serving.ts';
import { acceptWebSocket } from '../../support/web-socket.ts';
import { plantAll } from './sentinels.ts';

/** Starts an API server whose every answer, log and command has something in it that must not get out. */
export const startPlantedServer = async () => {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.endsWith('/log')) return response.end(planted.log);
    if (path === '/version') return response.end(JSON.stringify({ gitVersion: 'v1.99.0' }));
    if (path.endsWith('/longhorn-system/pods')) return response.end('{"metadata":{},"items":[]}');
    const [, name = ''] = /\/namespaces\/n\/(.*)$/.exec(path) ?? [];
    const { code, body } = planted.answers[name] ?? { code: 404, body: '{"reason":"NotFound"}' };
    response.writeHead(code).end(body);
  });
  const sockets: Duplex[] = [];
  server.on('upgrade', (request, socket) => {
    sockets.push(socket);
    const end = acceptWebSocket(request, socket, 'v5.channel.k8s.io');
    const say = (channel: number, text: string) =>
      end.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
    say(1, planted.stdout);
    say(2, planted.stderr);
    say(
      3,
      JSON.stringify({ status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '3' }] } }),
    );
  });
  const planted = plantAll(await listen(server));
  return {
    ...planted,
    close: async () => {
      // These it does not count as its own any more.
      for (const socket of sockets) socket.destroy();
      await end(server);
    },
  };
};
