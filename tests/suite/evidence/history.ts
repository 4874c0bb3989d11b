import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observer } from '../../../e2e/history/observer.ts';
import { parseRecording, type Recording } from '../../../e2e/history/recording.ts';
import { openHistory } from '../../../e2e/suite/evidence/history/history.ts';
import { openLines } from '../../../e2e/suite/evidence/lines.ts';
import type { Belongs } from '../../../e2e/suite/evidence/recorder.ts';

/** Writes a history on disk while `work` goes on, and reads it back. */
export const recorded = async (
  work: (observer: Observer) => Promise<void>,
  { belongs = () => true }: { belongs?: Belongs } = {},
): Promise<{ recording: Recording; text: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-history-'));
  try {
    const path = join(folder, 'history.ndjson');
    const startedAt = Date.now();
    const troubles: Error[] = [];
    const lose = (error: Error) => void troubles.push(error);
    const lines = openLines(path, lose);
    lines.write({ recording: 'a test', corral: 1, startedAt: new Date(startedAt).toISOString() });
    const { observer, close } = openHistory({ lines, startedAt, belongs, lose });
    await work({ ...observer, reads: () => {} });
    close();
    await lines.end();
    if (troubles.length > 0) throw new AggregateError(troubles);
    const text = await readFile(path, 'utf8');
    return { recording: parseRecording(text), text };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
