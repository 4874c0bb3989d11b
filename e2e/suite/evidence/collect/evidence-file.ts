import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redact } from '../../../kube/redact/redact.ts';

/** The maximum size of one evidence file in bytes. Of a longer text, only the newest part is kept. */
const mostBytes = 2 << 20;

/** Writes an evidence file. A text is redacted and shortened; bytes are written unchanged. */
export const writeEvidenceFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? redact(newestLines(content)) : content);
};

/**
 * Returns the newest lines of a text that fit into `most` bytes. If lines are missing, the first line says how many
 * bytes.
 */
export const newestLines = (text: string, most = mostBytes): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const rest = bytes.subarray(bytes.length - most).toString();
  const whole = rest.slice(rest.indexOf('\n') + 1);
  return `... cut: the first ${bytes.length - Buffer.byteLength(whole)} of ${bytes.length} bytes are left out\n${whole}`;
};
