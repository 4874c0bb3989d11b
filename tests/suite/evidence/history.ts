import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Observer, whileObserved } from '../../../e2e/history/observer.ts';
import { parseRecording, type Recording } from '../../../e2e/history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../../e2e/history/replay.ts';
import { openHistory } from '../../../e2e/suite/evidence/history/history.ts';
import { openNdjsonWriter } from '../../../e2e/suite/evidence/ndjson-writer.ts';
import type { Belongs } from '../../../e2e/suite/evidence/recorder.ts';
import type { Lamp } from '../../history/lamps.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** What lamps are watched as. */
export const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };

/** How the state of a lamp is written. */
export const describeLamp = (_: string, object: object) => (object as Lamp).status.state;

type Options = { belongs?: Belongs };

/** Writes a history on disk while `work` goes on, and reads it back. */
export const recorded = async (
  work: (observer: Observer) => Promise<void> | void,
  { belongs = () => true }: Options = {},
): Promise<{ recording: Recording; text: string }> => {
  const path = join(await temporaryFolder(), 'history.ndjson');
  const startedAt = Date.now();
  const errors: Error[] = [];
  const lose = (error: Error) => void errors.push(error);
  const lines = openNdjsonWriter(path, lose);
  lines.write({ recording: 'a test', corral: 1, startedAt: new Date(startedAt).toISOString() });
  const { observer, close } = openHistory({ lines, startedAt, belongs, lose });
  await work({ ...observer, reads: () => {} });
  close();
  await lines.end();
  if (errors.length > 0) throw new AggregateError(errors);
  const text = await readFile(path, 'utf8');
  return { recording: parseRecording(text), text };
};

/** The same of one watch of lamps, while `work` changes them; nothing that is expected fails it. */
export const recordedLamps = (
  work: (timeline: ReplayedTimeline<Lamp>) => Promise<unknown> | unknown,
  options?: Options,
) =>
  recorded(async (observer) => {
    const timeline = replayTimeline<Lamp>('lamps');
    observer.watches(lamps, timeline);
    await whileObserved(observer, async () => work(timeline)).catch(() => {});
  }, options);
