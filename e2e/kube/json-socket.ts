import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { jsonLines } from './json-lines.ts';

/**
 * Connects to a unix socket in a folder, whose path may have any length: the name of a unix socket may not be longer
 * than 107 bytes, so the socket is reached through a descriptor of its folder.
 */
export const connectSocket = async (socket: { folder: string; name: string }): Promise<Socket> => {
  const folder = await open(socket.folder, 'r');
  const stream = connect(`/proc/self/fd/${folder.fd}/${socket.name}`);
  try {
    await once(stream, 'connect');
    return stream;
  } finally {
    await folder.close();
  }
};

/**
 * Asks one question of who listens at a unix socket, a JSON value in one line, and returns the answer, which
 * is another. Throws when there is no answer `within` the time (ms), if one is given.
 */
export const askSocket = async (
  socket: { folder: string; name: string },
  question: unknown,
  { within }: { within?: number } = {},
): Promise<unknown> => {
  // To connect takes no time: it is refused, or done by the kernel, whatever the other side is at.
  const stream = await connectSocket(socket);
  const late = () =>
    stream.destroy(
      new Error(`${socket.name} in ${socket.folder} did not answer within ${(within ?? 0) / 1000} s`),
    );
  const timer = within === undefined ? undefined : setTimeout(late, within);
  try {
    stream.write(`${JSON.stringify(question)}\n`);
    for await (const answer of jsonLines(stream)) return answer;
    throw new Error(`${socket.name} in ${socket.folder} ended without an answer`);
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
};
