import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { jsonLines } from './json-lines.ts';

/**
 * Asks one question of who listens at a unix socket, a JSON value in one line, and returns the answer, which is another.
 *
 * `folder` may have a path of any length: the name of a unix socket may not be longer than 107 bytes, so the socket is reached through a descriptor of its folder.
 */
export const askSocket = async (socket: { folder: string; name: string }, question: unknown): Promise<unknown> => {
  const folder = await open(socket.folder, 'r');
  const stream = connect(`/proc/self/fd/${folder.fd}/${socket.name}`);
  try {
    await once(stream, 'connect');
    stream.write(`${JSON.stringify(question)}\n`);
    for await (const answer of jsonLines(stream)) return answer;
    throw new Error(`${socket.name} in ${socket.folder} ended without an answer`);
  } finally {
    stream.destroy();
    await folder.close();
  }
};
