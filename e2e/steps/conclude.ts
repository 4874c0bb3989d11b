import type { Context } from './context.ts';
import { judgeMessages, summarizeMessages } from './judge-messages.ts';

/** The last step of every scenario: puts all that Longhorn said since the mark through the catalogue of messages, and fails for what has no place in it. */
export const concludeMessages = (context: Context, from: number): Promise<void> =>
  context
    .step(
      'Then every message of Longhorn is known, and none tells of a failure that was not brought about',
      async () => {
        const { timelines, made, expected, version } = context;
        const { met, problems } = judgeMessages(timelines, { volumes: made.volumes, expected, version, from });
        if (problems.length > 0)
          throw new Error(
            `Longhorn ${version} said what this scenario has no place for:\n${problems.map((line) => `- ${line}`).join('\n')}`,
          );
        return met;
      },
      summarizeMessages,
    )
    .then(() => {});
