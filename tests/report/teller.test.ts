import { expect, test } from 'vitest';
import { nothingSpent } from '../../e2e/report/schema.ts';
import { createTeller } from '../../e2e/report/teller.ts';
import { scenarioReport as ended } from '../support/scenario-report.ts';

const open = () => {
  const blocks: string[] = [];
  const teller = createTeller(
    (lines) => blocks.push(lines.join('\n')),
    (_, text) => text,
  );
  return { ...teller, blocks };
};
const step = { sentence: 'Given a thing', state: 'passed', duration: 5, account: nothingSpent } as const;
const one = { id: '1', name: 'One' };
const two = { id: '2', name: 'Two' };

test('nothing is told before it is known how many are told at once', () => {
  const { starts, atOnce, blocks } = open();
  starts(one);
  expect(blocks).toEqual([]);
  atOnce(1);
  expect(blocks).toEqual(['\nOne']);
});

test('after an interruption it is named again', () => {
  const { starts, breaksOff, ends, atOnce, blocks } = open();
  atOnce(1);
  starts(one);
  breaksOff(['', 'Interrupted']);
  ends(one, ended('One'));
  expect(blocks.at(-1)).toBe('\nOne\n  passed in 1 s');
});

test('several have numbers, in as many columns as they need; an ending is whole', () => {
  const { starts, step: tell, ends, atOnce, blocks } = open();
  atOnce(12);
  starts(one);
  starts(two);
  tell(one, step);
  tell(two, step);
  const finding = { title: 'Odd', detail: 'so\nodd' };
  ends(two, ended('Two', { state: 'failed', reason: 'one\n\n  two', findings: [finding] }));
  expect(blocks.join('\n')).toMatchInlineSnapshot(`
    "
     1 One
     2 Two
     1 ✓ Given a thing (5 ms)
     2 ✓ Given a thing (5 ms)
     2 FAILED after 1 s: Two
         one

           two
       finding: Odd
         so
         odd"
  `);
});
