import type { Context } from './context.ts';
import { judgeManagers } from './judge-managers.ts';
import { judgeMessages, summarizeMessages } from './judge-messages.ts';

/** The last step of every scenario: puts all that Longhorn said since the mark through the catalogue of messages, and fails for what has no place in it. */
export const concludeMessages = (context: Context): Promise<void> =>
  context
    .step(
      'Then every message of Longhorn is known, and none tells of a failure that was not brought about',
      async () => {
        const { timelines, made, target, expected, version } = context;
        const { met, problems } = judgeMessages(timelines, { volumes: made.volumes, target, expected, version });
        if (problems.length > 0)
          throw new Error(
            `Longhorn ${version} said what this scenario has no place for:\n${problems.map((line) => `- ${line}`).join('\n')}`,
          );
        return met;
      },
      summarizeMessages,
    )
    .then(() => {});

/**
 * A last step of every scenario that needs nothing for itself alone: no manager ended meanwhile, by itself or by somebody's hand.
 * One that waited for its turn was not at work meanwhile, and others may have killed them.
 */
export const concludeManagers = async ({ step, alone, timelines }: Context): Promise<void> => {
  if (alone.size > 0) return;
  await step('Then no longhorn-manager was started again meanwhile', async () => {
    const problems = judgeManagers(timelines.managers);
    if (problems.length > 0)
      throw new Error(
        `a longhorn-manager ended, which this scenario did not bring about:\n${problems.map((line) => `- ${line}`).join('\n')}`,
      );
  });
};
