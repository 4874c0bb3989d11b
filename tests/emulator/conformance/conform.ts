import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../emulator/clocks.ts';
import { loadRecording } from '../../support/recordings.ts';
import type { LocalCluster } from '../support/local-cluster.ts';
import { compare } from './compare.ts';
import { openDriver, type Patience } from './driver.ts';
import { disorders } from './order.ts';
import type { Staged } from './scripts.ts';
import { type Transcript, transcriptOf } from './transcript.ts';

/**
 * Reads `fixtures/recordings/longhorn-NAME.ndjson` as a transcript, without the objects that are left out.
 */
export const recordedTranscript = async (name: string, leftOut?: RegExp): Promise<Transcript> => {
  const file = new URL(`../../../fixtures/recordings/longhorn-${name}.ndjson`, import.meta.url);
  return transcriptOf(await loadRecording(file)).filter(
    (line) => 'marker' in line || !leftOut?.test(line.name),
  );
};

/**
 * Throws a readable comparison if two transcripts differ, if the emulator's has an impossible order, or if the script
 * did not end.
 */
export const expectSame = (name: string, recorded: Transcript, got: Transcript, trouble?: Error): void => {
  const wrong = [...disorders(got).map((text) => `order: ${text}`), ...compare(recorded, got)];
  if (trouble) wrong.unshift(`the script did not end: ${trouble.message}`);
  if (wrong.length > 0)
    throw new Error([`longhorn-${name}: the emulator shows something else`, ...wrong].join('\n'));
};

/** How a recording is repeated. */
type Stage = { name: string; staged: Staged; prefix: string; clock: Clock; patience: Patience; node: string };

/**
 * Repeats the actions of a recording on a local cluster, whose managers use this clock, and compares what watches show.
 */
export const conform = async (
  local: LocalCluster,
  { name, staged, prefix, clock, patience, node }: Stage,
): Promise<void> => {
  const recorded = await recordedTranscript(name, staged.leftOut);
  const driver = await openDriver(local, { prefix, recorded, patience });
  const { volume = '', of = '' } = staged;
  let trouble: Error | undefined;
  try {
    await staged.run(driver, { clock, prefix, node, volume, of });
    await driver.untilAsRecorded();
    // The next resync does the work that is left.
    await sleep(clock.resync);
  } catch (error) {
    trouble = error as Error;
  }
  await driver.stop();
  expectSame(name, recorded, driver.transcript, trouble);
};
