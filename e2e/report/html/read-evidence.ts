import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerLog } from './data.ts';
import type { EvidenceTexts } from './timeline.ts';

// In characters. The logs of passed scenarios are cut shorter: otherwise the page of a run would be too large to send
// to others.
const longestLog = { passed: 128_000, other: 1_500_000 };

/** Cuts a log to its newest part, at a line end. The first line then says so. */
export const cutLog = (text: string, passed: boolean): string => {
  const longest = passed ? longestLog.passed : longestLog.other;
  if (text.length <= longest) return text;
  const from = text.indexOf('\n', text.length - longest) + 1;
  return `(cut: the first ${Math.round(from / 1000)} kB of this log are in the evidence only)\n${text.slice(from)}`;
};

/** Names a log after its file: pod and container. The container is left out if the pod's name begins with it. */
export const logName = (file: string): string => {
  const [pod = '', container = ''] = file.replace(/\.log$/, '').split('.');
  return container === '' || pod.startsWith(container) ? pod : `${pod} / ${container}`;
};

const readLogs = async (folder: string, passed: boolean): Promise<ContainerLog[]> => {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.log')).toSorted();
  return Promise.all(
    files.map(async (file) => ({
      name: logName(file),
      text: cutLog(await readFile(join(folder, file), 'utf8'), passed),
    })),
  );
};

/**
 * Reads the evidence of a scenario from its folder. Undefined if there is none. The page shows what could not be read.
 */
export const readEvidence = async (folder: string, passed: boolean): Promise<EvidenceTexts | undefined> => {
  try {
    const history = await readFile(join(folder, 'history.ndjson'), 'utf8');
    return { history, logs: await readLogs(join(folder, 'logs'), passed), unreadable: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return {
      history: '',
      logs: [],
      unreadable: [`the evidence cannot be read: ${(error as Error).message}`],
    };
  }
};
