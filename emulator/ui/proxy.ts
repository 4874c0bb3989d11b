import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../log.ts';

/** The address of the managers, and the limit for a silent one: a request ends after readTimeout ms without a byte. */
export type ProxyOptions = { backend: { host: string; port: number }; readTimeout: number; log: Log };

/** What nginx does with API requests in the pods of Longhorn's user interface. */
export type Proxy = {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
};

/** The Host header that Longhorn's nginx sends to the managers, whatever host the browser used. */
const backendName = 'longhorn-backend:9500';

/** The responses of nginx if no manager answers. */
const answers = { 502: 'Bad Gateway', 504: 'Gateway Time-out' } as const;

/**
 * Creates the proxy for the managers. It passes on each end of a connection. A manager that is silent for
 * readTimeout counts as gone.
 */
export const createProxy = ({ backend, readTimeout, log }: ProxyOptions): Proxy => {
  const ask = (
    { method, url, headers }: IncomingMessage,
    onFailure: (status: keyof typeof answers) => void,
  ) => {
    const outgoing = requestOf({
      ...backend,
      method,
      path: url,
      headers: { ...headers, host: backendName },
      agent: false,
    });
    let status: keyof typeof answers = 502;
    // Counts from the last byte, also on an upgraded connection.
    outgoing.setTimeout(readTimeout, () => {
      status = 504;
      outgoing.destroy(new Error('upstream timed out'));
    });
    outgoing.on('error', (error) => {
      log.warning('The user interface got no answer of a manager', { url, error });
      onFailure(status);
    });
    return outgoing;
  };
  const head = (status: number, message: string, headers: string[]): string =>
    `HTTP/1.1 ${status} ${message}\r\n${headers.join('\r\n')}\r\n\r\n`;

  return {
    request: (request, response) => {
      const outgoing = ask(request, (status) => {
        if (response.headersSent) response.destroy();
        else
          response.writeHead(status, { 'content-type': 'text/html' }).end(`${status} ${answers[status]}\n`);
      });
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      });
      response.on('close', () => outgoing.destroy());
      request.pipe(outgoing);
    },
    upgrade: (request, socket, rest) => {
      const fail = (status: keyof typeof answers): void =>
        void socket.end(head(status, answers[status], ['Connection: close']));
      const outgoing = ask(request, fail);
      socket.on('error', () => outgoing.destroy()).on('close', () => outgoing.destroy());
      outgoing.on('response', (answer) => {
        socket.write(head(answer.statusCode ?? 502, answer.statusMessage ?? '', ['Connection: close']));
        answer.pipe(socket);
      });
      outgoing.on('upgrade', ({ statusMessage = '', rawHeaders }, manager, first) => {
        const headers = rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
        );
        socket.write(head(101, statusMessage, headers));
        socket.write(first);
        manager.write(rest);
        manager.setTimeout(readTimeout, () => manager.destroy());
        socket.on('close', () => manager.destroy());
        manager.on('error', () => {}).on('close', () => socket.destroySoon());
        socket.pipe(manager).pipe(socket);
      });
      outgoing.end();
    },
  };
};

const withoutConnection = ({
  connection: _mine,
  'keep-alive': _too,
  ...headers
}: OutgoingHttpHeaders): OutgoingHttpHeaders => headers;
