import type * as crypto from 'node:crypto';
import type * as net from 'node:net';

/**
 * The program of a pod that ends connections, for `node -e`: nothing but its arguments may be used in it. A
 * client asks in one line, `WAY MS`: it is told `first`, and so many ms later the connection ends in that
 * way. A browser asks for `/stream?WAY+MS` and is told the same as messages of a WebSocket.
 */
export const endingServer = (
  { createServer }: typeof net,
  { createHash }: typeof crypto,
  port: number,
): void => {
  const message = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
  const accept = (key: string): string =>
    createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const server = createServer((socket) => {
    let asked = '';
    const answer = (): void => {
      const [, key] = /sec-websocket-key: (.*)\r/i.exec(asked) ?? [];
      const [, way, time] = /(\w+)[ +]([\d.]+)/.exec(key ? asked.slice(asked.indexOf('?')) : asked) ?? [];
      if (asked.startsWith('GET') && key === undefined)
        return void socket.end(
          'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html><link rel=icon href=data:,>',
        );
      const say = (text: string): boolean => socket.write(key ? message(text) : text);
      if (key)
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept(key)}\r\n\r\n`,
        );
      say('first');
      if (way === 'stay') return;
      setTimeout(() => {
        if (way === 'reset') return void socket.resetAndDestroy();
        if (way !== 'end') say('last');
        // A WebSocket's own word for the end, or none.
        socket.end(way === 'close' ? Buffer.from([0x88, 2, 0x03, 0xe8]) : '');
      }, Number(time));
    };
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        if (/\n$/.test(asked)) return;
        asked += bytes;
        if (asked.startsWith('GET') ? asked.includes('\r\n\r\n') : asked.endsWith('\n')) answer();
      });
  });
  server.listen(port, '0.0.0.0');
};
