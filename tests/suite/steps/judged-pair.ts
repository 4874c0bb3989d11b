import { expect } from 'vitest';
import { type Expectation, ExpectationError } from '../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import type { Timeline, TimelineEvent } from '../../../e2e/history/timeline.ts';
import type { Backup } from '../../../e2e/longhorn/types.ts';

const first = { name: 'b1', label: 'the first backup' };
const second = { name: 'b2', label: 'the second backup', from: 0 };
const messages = { info: 'Wait for backup b1 to be deleted' };

type Pair = { second: typeof second; first: typeof first };

/**
 * Replays the states of two backups (undefined: gone) to an expectation, which they must break, and gives
 * what is made of its error.
 */
export const judgePair =
  <Judgement>(
    expectation: (backups: Timeline<Backup>, pair: Pair & { version: string }) => Expectation<Backup>,
    judge: (backups: Timeline<Backup>, pair: Pair & { error: unknown }) => Judgement,
  ) =>
  async (...states: [name: string, state: string | undefined][]): Promise<Judgement> => {
    const events = states.map(([name, state], index): TimelineEvent<Backup> => {
      const object = {
        metadata: { name, resourceVersion: String(index + 1) },
        status: { state: state ?? 'Deleting', messages },
      } as unknown as Backup;
      return { kind: state === undefined ? 'deleted' : 'modified', at: index, object };
    });
    const backups = replayTimeline('backups', events);
    const error = await expectation(backups, { second, first, version: 'v1.12.1' })
      .within('1s', 'this test')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExpectationError);
    return judge(backups, { error, second, first });
  };
