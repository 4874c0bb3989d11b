import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../../../e2e/report/html/page/object-panel.ts';

const object = {
  kind: 'Backup',
  metadata: { name: 'b1', labels: { 'longhorn.io/x': 'true', empty: '' }, finalizers: ['a', 'b: c'] },
  status: {
    state: 'Error',
    messages: null,
    list: [],
    nested: [{ x: 1, y: [{ z: 'two\nlines' }] }],
    ready: false,
  },
};

const textOf = (lines: ReturnType<typeof toYaml>) => lines.map(({ text }) => text).join('\n');

test('an object reads as it is', () => {
  expect(parse(textOf(toYaml(object)))).toEqual(object);
});

test('what is new is marked, with all that is in it', () => {
  const marked = toYaml(object, [
    ['status', 'state'],
    ['status', 'nested', 0],
  ]).filter(({ changed }) => changed);
  expect(textOf(marked)).toBe(['  state: Error', '  - x: 1', '    y:', '    - z: "two\\nlines"'].join('\n'));
});
