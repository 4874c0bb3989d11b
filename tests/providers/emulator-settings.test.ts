import { expect, test } from 'vitest';
import { describeVersion, emulatorSettings } from '../../providers/emulator-settings.ts';

test.each([
  [{ CORRAL_EMULATOR_CLOCK: '', CORRAL_EMULATOR_MUTANT: '' }, { clock: 'fast' }],
  [
    {
      CORRAL_EMULATOR_CLOCK: 'real',
      CORRAL_EMULATOR_MUTANT: 'fixed:lock-fails-open',
      CORRAL_EMULATOR_VERSION: 'v1.8.2',
    },
    { clock: 'real', mutant: 'fixed:lock-fails-open', version: 'v1.8.2' },
  ],
])('%j are %j', (variables, settings) => {
  expect(emulatorSettings(variables)).toEqual(settings);
});

test('a version with a bug on purpose says so', () => {
  expect(describeVersion('v1', { clock: 'fast' })).toBe('v1');
  expect(describeVersion('v1', { clock: 'fast', mutant: 'message-missing' })).toBe(
    'v1 with the bug message-missing',
  );
  expect(describeVersion('v1', { clock: 'fast', mutant: 'fixed:lock-fails-open' })).toBe(
    'v1 with fixed:lock-fails-open',
  );
});
