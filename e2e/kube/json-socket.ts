import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { jsonLines } from './json-lines.ts';

/**
 * Asks one question of who listens at a unix socket, a JSON value in one line, and returns the answer, which
 * is another.
 *
 * `folder` may have a path of any length: the name of a unix socket may not be longer than 107 bytes, so the
 * socket is reached through a descriptor of its folder. Throws when there is no answer `within` the time
 * (ms), if one is given.
 */
export const askSocket = async (
  socket: { folder: string; name: string },
  question: unknown,
  { within }: { within?: number } = {},
): Promise<unknown> => {
  const folder = await open(socket.folder, 'r');
  const stream = connect(`/proc/self/fd/${folder.fd}/${socket.name}`);
  const late = () =>
    stream.destroy(
      new Error(`${socket.name} in ${socket.folder} did not answer within ${(within ?? 0) / 1000} s`),
    );
  const timer = within === undefined ? undefined : setTimeout(late, within);
  try {
    await once(stream, 'connect');
    stream.write(`${JSON.stringify(question)}\n`);
    for await (const answer of jsonLines(stream)) return answer;
    throw new Error(`${socket.name} in ${socket.folder} ended without an answer`);
  } finally {
    clearTimeout(timer);
    stream.destroy();
    await folder.close();
  }
};
