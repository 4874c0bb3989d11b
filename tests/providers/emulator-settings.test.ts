import { expect, test } from 'vitest';
import { describeVersion, emulatorSettings } from '../../providers/emulator-settings.ts';

const mutant = 'fixed:lock-fails-open';
test.each([
  [{ CORRAL_EMULATOR_CLOCK: '', CORRAL_EMULATOR_MUTANT: '' }, {}],
  [{ CORRAL_EMULATOR_CLOCK: '2.5' }, { clock: '2.5' }],
  [
    { CORRAL_EMULATOR_CLOCK: 'real', CORRAL_EMULATOR_MUTANT: mutant, CORRAL_EMULATOR_VERSION: 'v1.8.2' },
    { clock: 'real', mutant, version: 'v1.8.2' },
  ],
])('%j are %j', (variables, settings) => {
  expect(emulatorSettings(variables)).toEqual(settings);
});

test('a version with a bug on purpose says so', () => {
  const described = ([undefined, 'message-missing', 'fixed:lock-fails-open'] as const).map((mutant) =>
    describeVersion('v1', { clock: 'fast', ...(mutant && { mutant }) }),
  );
  expect(described).toEqual(['v1', 'v1 with the bug message-missing', 'v1 with fixed:lock-fails-open']);
});
