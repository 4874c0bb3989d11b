import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redact } from '../../../kube/redact/redact.ts';

/** The most that one file of the evidence holds, in bytes; of a longer one the newest part is kept. */
const mostBytes = 2 << 20;

/** Writes a file of the evidence: a text redacted, bytes as they are. */
export const writeKept = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? redact(newest(content)) : content);
};

/** The newest lines of a text, as many as so many bytes hold; the first line says what is missing. */
export const newest = (text: string, most = mostBytes): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const rest = bytes.subarray(bytes.length - most).toString();
  const whole = rest.slice(rest.indexOf('\n') + 1);
  return `... cut: the first ${bytes.length - Buffer.byteLength(whole)} of ${bytes.length} bytes are left out\n${whole}`;
};
