import { expect, test } from 'vitest';
import { describeJudged } from '../../e2e/report/judged.ts';

test.each([
  [{ name: 'emulator', version: '0.1.0' }, 'the emulator 0.1.0: this run proves the suite, not Longhorn'],
  [{ name: 'emulator', version: null }, 'the emulator: this run proves the suite, not Longhorn'],
  [{ name: 'official', version: 'v1.12.1' }, 'Longhorn v1.12.1 (official)'],
  [
    {
      name: 'official',
      version: 'v1.12.1',
      replaced: [
        { from: 'a/manager:v1', to: 'me/manager:dev', digest: 'sha256:abc' },
        { from: 'a/engine:v1', to: 'me/engine:dev', digest: null },
      ],
    },
    'Longhorn v1.12.1 (official), with me/manager:dev@sha256:abc in place of a/manager:v1, me/engine:dev in place of a/engine:v1',
  ],
  [
    { name: 'official', version: null },
    'the Longhorn found in the cluster (official); its version is not known to this run',
  ],
])('%j', (target, sentence) => expect(describeJudged(target)).toBe(sentence));
