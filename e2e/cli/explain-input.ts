import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Opens a text file, packed by gzip or not; `bytesRead` counts what was read of the file itself. */
export const openText = (path: string): { stream: NodeJS.ReadableStream; bytesRead: () => number } => {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return { stream: file, bytesRead: () => file.bytesRead };
  const stream = createGunzip();
  file.on('error', (error) => stream.destroy(error));
  return { stream: file.pipe(stream), bytesRead: () => file.bytesRead };
};
