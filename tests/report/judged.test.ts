import { expect, test } from 'vitest';
import { describeJudged } from '../../e2e/report/judged.ts';

test.each([
  [{ name: 'emulator', version: '0.1.0' }, 'the emulator 0.1.0: this run proves the suite, not Longhorn'],
  [{ name: 'emulator', version: null }, 'the emulator: this run proves the suite, not Longhorn'],
  [{ name: 'official', version: 'v1.12.1' }, 'Longhorn v1.12.1 (official)'],
  [
    { name: 'official', version: null },
    'the Longhorn found in the cluster (official); its version was not told to this run',
  ],
])('%j', (target, sentence) => expect(describeJudged(target)).toBe(sentence));
