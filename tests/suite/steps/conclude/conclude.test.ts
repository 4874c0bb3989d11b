import { expect, test } from 'vitest';
import { concludeMessages } from '../../../../e2e/suite/steps/conclude/conclude.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { replay, speaking } from '../recordings.ts';

const sentence =
  'Then every message of Longhorn is known, and none tells of a failure that was not brought about';

// As if the scenario had just done what was recorded.
const conclude = async (expected: Context['expected']) => {
  const { backups } = speaking(await replay('longhorn-v1.12.1/delete-error'));
  const made = { ...nothingMade(), volumes: ['vz-e'] };
  const { context, told } = createTestContext({ timelines: { backups }, made, expected });
  return { told, concluded: concludeMessages(context) };
};

test('what was met is told', async () => {
  const { told, concluded } = await conclude([{ id: 'deletion-denied', of: 'ze-b1' }]);
  await concluded;
  expect(told.at(-1)).toBe(`${sentence}: deletion-denied (failure)`);
});

test('what has no place in the scenario fails it, each on a line of its own', async () => {
  const { told, concluded } = await conclude([]);
  await expect(concluded).rejects.toThrow(
    /^Longhorn v1\.12\.1 said what this scenario has no place for:\n- deletion-denied \(failure\) was not expected: Backup ze-b1 .*\n- deletion-denied .*$/,
  );
  expect(told.at(-1)).toContain(`${sentence} FAILED: `);
});
