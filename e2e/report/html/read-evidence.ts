import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerLog } from './data.ts';
import type { EvidenceTexts } from './timeline.ts';

// Of what passed, the newest lines are kept: that much more would make the page of a run too large to send
// around.
const longestLog = { passed: 128_000, other: 1_500_000 };

/** The newest part of a log, cut at a line, which says so in its first line. */
export const cutLog = (text: string, passed: boolean): string => {
  const longest = passed ? longestLog.passed : longestLog.other;
  if (text.length <= longest) return text;
  const from = text.indexOf('\n', text.length - longest) + 1;
  return `(cut: the first ${Math.round(from / 1000)} kB of this log are in the evidence only)\n${text.slice(from)}`;
};

/** Names a log by its file: pod and container, which is left out where the pod is called by it. */
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
 * Reads what was kept of a scenario, from its folder; undefined where there is none. What cannot be read is
 * said in the picture.
 */
export const readEvidence = async (folder: string, passed: boolean): Promise<EvidenceTexts | undefined> => {
  try {
    const history = await readFile(join(folder, 'history.ndjson'), 'utf8');
    return { history, logs: await readLogs(join(folder, 'logs'), passed), trouble: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { history: '', logs: [], trouble: [`the evidence cannot be read: ${(error as Error).message}`] };
  }
};
