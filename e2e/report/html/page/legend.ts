import type { ChartSymbol, Tone } from '../data.ts';
import { expectationSigns, shapes, toneSigns, toneWords } from './chart/signs.ts';
import { element, svgElement } from './element.ts';
import { sentenceSigns } from './sentences.ts';

const swatch = (tone: Tone): Node =>
  svgElement('svg', { width: 26, height: 16, 'aria-hidden': 'true' }, [
    svgElement('g', { class: 'bars' }, [
      svgElement('rect', { class: `tint bar-${tone}`, x: 1, y: 1, width: 24, height: 14, rx: 3 }),
      svgElement('rect', { class: `pattern bar-${tone}`, x: 1, y: 1, width: 24, height: 14, rx: 3 }),
    ]),
  ]);

const symbolSample = (shape: keyof typeof shapes): Node =>
  svgElement('svg', { width: 18, height: 18, 'aria-hidden': 'true' }, [
    svgElement('path', { class: `symbol ${shape}`, d: shapes[shape], transform: 'translate(9,9) scale(.8)' }),
  ]);

const hatch = (): Node =>
  svgElement('svg', { class: 'gap-sample', width: 26, height: 16, 'aria-hidden': 'true' }, [
    svgElement('g', { class: 'gaps' }, [svgElement('rect', { width: 26, height: 16 })]),
  ]);

const symbolWords: Record<ChartSymbol['shape'], string> = {
  fault: 'fault',
  gone: 'gone',
  finding: 'finding',
  step: 'a moment that the scenario names',
  note: 'remark',
  warning: 'warning in a log',
  bad: 'error in a log, or a fault that failed',
};

// The sign of an expectation already contains the word for its state, except for `met`. The legend needs only the sign.
const expectationWords = Object.entries(expectationSigns).map(([state, sign]): [string, string] => [
  state.replace('-', ' '),
  sign.slice(0, 1),
]);

const listed = (words: readonly [string, string][]): string =>
  words.map(([word, sign]) => `${sign} ${word}`).join(', ');

const line = (what: string, width: number): Node =>
  svgElement('svg', { class: 'backdrop-sample', width: 12, height: 16, 'aria-hidden': 'true' }, [
    svgElement('rect', { class: what, x: 6 - width / 2, width, height: 16 }),
  ]);

/** Creates the legend of the charts: colours, patterns and signs. */
export const legend = (): HTMLElement =>
  element('ul', 'legend', [
    ...(Object.keys(toneWords) as Tone[]).map((tone) =>
      element('li', '', [swatch(tone), ` ${toneSigns[tone]} ${toneWords[tone]}`]),
    ),
    ...Object.entries(symbolWords).map(([shape, words]) =>
      element('li', '', [symbolSample(shape as ChartSymbol['shape']), ` ${words}`]),
    ),
    element('li', '', [hatch(), ' not watched']),
    element('li', '', [line('in-force', 9), ' while a fault was in force']),
    element('li', '', [line('queue', 9), ' ⋯ waiting for a lock, drawn shorter']),
    element('li', '', [line('failure', 1), ' a step failed']),
    element('li', '', [line('chosen-moment', 2), ' the moment chosen']),
    element('li', '', [`├──┤ expectation, with each state that it reached: ${listed(expectationWords)}`]),
    element('li', '', [`step: ${listed(Object.entries(sentenceSigns))}`]),
  ]);

/** Creates the SVG patterns of the bars. The page contains them once. */
export const patterns = (): Node => {
  const pattern = (name: string, size: number, path: string) =>
    svgElement(
      'pattern',
      { id: `pattern-${name}`, width: size, height: size, patternUnits: 'userSpaceOnUse' },
      [svgElement('path', { d: path })],
    );
  return svgElement('svg', { class: 'patterns', width: 0, height: 0, 'aria-hidden': 'true' }, [
    svgElement('defs', {}, [
      pattern('busy', 8, 'M0,8L8,0M-2,2L2,-2M6,10L10,6'),
      pattern('waiting', 6, 'M2,3H4'),
      pattern('bad', 8, 'M0,0L8,8M8,0L0,8'),
      pattern('going', 7, 'M3.5,0V7'),
      pattern('gap', 7, 'M0,7L7,0M-2,2L2,-2M5,9L9,5'),
    ]),
  ]);
};
