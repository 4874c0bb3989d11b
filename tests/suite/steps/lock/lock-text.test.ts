import { describe, expect, test } from 'vitest';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { reportLockText } from '../../../../e2e/suite/steps/lock/expectations.ts';
import { record } from '../../../support/test-context.ts';

const lock = (folder = `${volumeFolder('v')}/locks`) =>
  `failed to acquire lock ${folder}/lock-1.lck when performing backup delete, please try again later`;
const read = (text: string, held = 'lock-2') => {
  const { report, findings } = record();
  const named = reportLockText(report, { text, volume: 'v', held, version: 'v1.12.1' });
  return { named, findings: findings.map(({ title }) => title) };
};

// What the text of a real Longhorn says is judged in steps.test.ts.
describe('what the text on a lock says', () => {
  test("as the document has it: the other's lock, once, with a full stop", () => {
    const once = describeFailedDeletion(`${lock()}.`).replace(/^(Failed .*? err )\1/, '$1');
    expect(read(once, 'lock-1')).toEqual({ named: 'lock-1', findings: [] });
  });

  test.for([lock(`${volumeFolder('w')}/locks`), lock(volumeFolder('v')), 'failed to acquire lock', ''])(
    "no lock of the volume's: %j",
    (text) => {
      expect(() => read(text)).toThrow(
        `the text on a lock names none in ${volumeFolder('v')}/locks: ${text}`,
      );
    },
  );
});
