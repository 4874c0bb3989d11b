import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { jsonLines } from './json-lines.ts';

/**
 * Connects to a unix socket in a folder with a path of any length. The address of a unix socket is limited to 107
 * bytes, so the connection goes through a file descriptor of the folder.
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
 * Sends one JSON line to a unix socket and returns the JSON line of the response. Throws if there is no response
 * `within` ms; without it, there is no limit.
 */
export const askSocket = async (
  socket: { folder: string; name: string },
  question: unknown,
  { within }: { within?: number } = {},
): Promise<unknown> => {
  // Connecting needs no time-out: the kernel refuses or completes it at once, even if the other process is busy.
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
