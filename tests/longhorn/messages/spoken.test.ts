import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import type { Field, Speaker } from '../../../e2e/longhorn/messages/row.ts';

/** The newest version: one after all that are known. */
const newest = 'v1.13.0';

/** Each line of the sources, with whether the catalogue knows it in the first and in the last version that has it. */
const spoken = readFileSync(new URL('spoken.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [speaker = '', level, from = '', upTo = '', ...rest] = line.split('|').map((part) => part.trim());
    const said = {
      speaker: speaker as Speaker,
      field: `log ${level}` as Field,
      state: '',
      text: rest.join('|'),
    };
    const isKnown = [from, upTo || newest].every(
      (version) => classify(said, version).class !== 'unclassified',
    );
    return { speaker, line, isKnown };
  });

const unknown = (speaker: string): string[] =>
  spoken.flatMap((each) => (each.speaker === speaker && !each.isKnown ? [each.line] : []));
const countOf = (speaker: string): number => spoken.filter((each) => each.speaker === speaker).length;

test('the catalogue knows every line that a recurring job logs', () => {
  expect(unknown('job')).toEqual([]);
  expect(countOf('job')).toBe(65);
});

test('of what the controllers log it knows what tells of the fate of a backup, and says how many that are', () => {
  expect([countOf('manager') - unknown('manager').length, countOf('manager')]).toEqual([17, 90]);
});
