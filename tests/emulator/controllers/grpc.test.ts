import { connect } from 'node:http2';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { encodeStrings, type Fields, serveGrpc } from '../../../emulator/controllers/csi/grpc.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const request = (message: Buffer): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

test('a service answers with fields of the request, with an error, or that it has no such method', async () => {
  const socket = join(await temporaryFolder(), 'csi.sock');
  const stop = new AbortController();
  const methods = {
    '/a/Second': async (fields: Fields) => encodeStrings({ 1: `${fields.get(2)}, ${fields.get(300)}` }),
    '/a/Fails': () => Promise.reject(new Error('no such device')),
  };
  await serveGrpc(socket, methods, stop.signal);
  const session = connect('http://localhost', { createConnection: () => createConnection(socket) });
  const call = async (path: string) => {
    const stream = session.request({ ':method': 'POST', ':path': path });
    // Field 1 is the number 300, field 3 has 8 bytes, field 4 has 4.
    const numbers = [0x08, 0xac, 0x02, 0x19, ...Array(8).fill(1), 0x25, ...Array(4).fill(1)];
    const long = [0xe2, 0x12, 0x04, ...Buffer.from('long')];
    stream.end(
      request(
        Buffer.from([
          ...numbers,
          ...encodeStrings({ 2: 'first' }),
          ...encodeStrings({ 2: 'second' }),
          ...long,
        ]),
      ),
    );
    const ends: Record<string, unknown> = {};
    stream.on('response', (headers) => Object.assign(ends, headers));
    stream.on('trailers', (headers) => Object.assign(ends, headers));
    const body = (await buffer(stream)).subarray(7).toString();
    return { body, status: ends['grpc-status'], message: ends['grpc-message'] };
  };
  try {
    expect(await call('/a/Second')).toMatchObject({ body: 'first,second, long', status: '0' });
    expect(await call('/a/Fails')).toMatchObject({ body: '', status: '13', message: 'no%20such%20device' });
    expect(await call('/a/Third')).toMatchObject({ status: '12' });
  } finally {
    session.destroy();
    stop.abort();
  }
});
