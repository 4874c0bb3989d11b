import type { Tone } from '../data.ts';
import { shapes, toneSigns, toneWords } from './chart/signs.ts';
import { drawn, element } from './element.ts';

const swatch = (tone: Tone): Node =>
  drawn('svg', { width: 26, height: 16, 'aria-hidden': 'true' }, [
    drawn('g', { class: 'bars' }, [
      drawn('rect', { class: `tint bar-${tone}`, x: 1, y: 1, width: 24, height: 14, rx: 3 }),
      drawn('rect', { class: `pattern bar-${tone}`, x: 1, y: 1, width: 24, height: 14, rx: 3 }),
    ]),
  ]);

const markSample = (shape: keyof typeof shapes): Node =>
  drawn('svg', { width: 18, height: 18, 'aria-hidden': 'true' }, [
    drawn('path', { class: `mark ${shape}`, d: shapes[shape], transform: 'translate(9,9) scale(.8)' }),
  ]);

const hatch = (): Node =>
  drawn('svg', { class: 'gap-sample', width: 26, height: 16, 'aria-hidden': 'true' }, [
    drawn('g', { class: 'gaps' }, [drawn('rect', { width: 26, height: 16 })]),
  ]);

/** Says what the colours, patterns and signs of a chart mean. */
export const legend = (): HTMLElement =>
  element('ul', 'legend', [
    ...(Object.keys(toneWords) as Tone[]).map((tone) =>
      element('li', '', [swatch(tone), ` ${toneSigns[tone]} ${toneWords[tone]}`]),
    ),
    element('li', '', [markSample('fault'), ' fault']),
    element('li', '', [markSample('gone'), ' gone']),
    element('li', '', [markSample('finding'), ' finding']),
    element('li', '', [hatch(), ' not watched']),
    element('li', '', ['├──┤ expectation, with each state that it reached']),
  ]);

/** The patterns that the bars are filled with, once for the whole page. */
export const patterns = (): Node => {
  const pattern = (name: string, size: number, path: string) =>
    drawn('pattern', { id: `pattern-${name}`, width: size, height: size, patternUnits: 'userSpaceOnUse' }, [
      drawn('path', { d: path }),
    ]);
  return drawn('svg', { class: 'patterns', width: 0, height: 0, 'aria-hidden': 'true' }, [
    drawn('defs', {}, [
      pattern('busy', 8, 'M0,8L8,0M-2,2L2,-2M6,10L10,6'),
      pattern('waiting', 6, 'M2,3H4'),
      pattern('bad', 8, 'M0,0L8,8M8,0L0,8'),
      pattern('going', 7, 'M3.5,0V7'),
      pattern('gap', 7, 'M0,7L7,0M-2,2L2,-2M5,9L9,5'),
    ]),
  ]);
};
