import type { ChartSymbol, ExpectationSpan, Tone } from '../../data.ts';

/** The heights (px) of the parts of a lane. */
export const heights = { pad: 4, bar: 22, expectation: 19 } as const;

/** The sign before the name of a state, for readers who do not see its colour. */
export const toneSigns: Record<Tone, string> = {
  good: '✓',
  busy: '▸',
  waiting: '◷',
  bad: '✗',
  going: '↓',
  quiet: '○',
};

/** The meaning of each tone, for the legend. */
export const toneWords: Record<Tone, string> = {
  good: 'as it should be',
  busy: 'in progress',
  waiting: 'waiting',
  bad: 'in error',
  going: 'being deleted, or a fault in force',
  quiet: 'inactive',
};

/** The sign for the result of an expectation. */
export const expectationSigns: Record<ExpectationSpan['state'], string> = {
  met: '✓',
  broken: '✗ broken:',
  'not-provable': '? not provable:',
  'timed-out': '◷ timed out:',
  open: '… open:',
};

/** The SVG path of each symbol, relative to its place. */
export const shapes: Record<ChartSymbol['shape'], string> = {
  step: 'M0,-12V12M-3,-12H3',
  fault: 'M1,-8L-4,1H0L-1,8L4,-1H0Z',
  finding: 'M0,-7L7,6H-7Z',
  gone: 'M-4,-6L4,6M4,-6L-4,6',
  note: 'M-4,0A4,4 0 1,0 4,0A4,4 0 1,0 -4,0Z',
  warning: 'M0,-5V5',
  bad: 'M0,-7L6,0L0,7L-6,0Z',
};
