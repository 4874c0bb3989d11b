import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createRelay } from '../../lab/run/relay.ts';
import { listen } from '../support/serving.ts';

const host = '127.0.0.1';

// Both ends of a connection through a relay, and the relay's own end of the client's.
const open = async (): Promise<{ client: Socket; target: Socket; relayed: Socket }> => {
  const server = createServer({ allowHalfOpen: true });
  const relay = createRelay({ host, port: await listen(server) });
  const accepted = Promise.all([once(server, 'connection'), once(relay, 'connection')]);
  const client = connect({ host, port: await listen(relay), allowHalfOpen: true });
  const [[target], [relayed]] = (await accepted) as [[Socket], [Socket]];
  onTestFinished(() => {
    for (const socket of [client, target, relayed]) socket.destroy();
    for (const each of [server, relay]) each.close();
  });
  for (const socket of [client, target]) socket.on('error', () => {});
  return { client, target, relayed };
};

const words = 'x'.repeat(4_000_000);

test('all that was sent arrives before a connection is closed', async () => {
  const { client, target } = await open();
  target.end(words);
  expect(await text(client)).toBe(words);
});

test('a target that goes away closes the connection of the client, though the client says nothing', async () => {
  const { target, relayed } = await open();
  const closed = once(relayed, 'close');
  target.destroy();
  await closed;
});
