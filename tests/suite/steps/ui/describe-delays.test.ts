import { expect, test } from 'vitest';
import { describeDelays } from '../../../../e2e/suite/steps/ui/steps.ts';

test('of each look the longest delay is told, and all bars are one', () => {
  const delays = [
    { look: 'Deleting', delay: 400 },
    { look: '0 %', delay: 900 },
    { look: 'Deleting', delay: 200 },
    { look: '40 %', delay: 1100 },
    { look: 'no row', delay: 30 },
  ];
  expect(describeDelays(delays)).toBe('Deleting after 400 ms, a bar after 1.1 s, no row after 30 ms');
  expect(describeDelays([])).toBe('nothing changed');
});
