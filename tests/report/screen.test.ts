import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLiveScreen, createPlainScreen, createScreen } from '../../e2e/report/screen.ts';
import { openTerminal } from '../support/terminal.ts';

const open = (columns = 40, rows = 10) => {
  const terminal = openTerminal(columns, rows);
  const stream = Object.assign(new PassThrough(), {
    columns,
    rows,
    isTTY: true,
  }) as unknown as NodeJS.WriteStream;
  (stream as unknown as PassThrough).on('data', (chunk: Buffer) => terminal.write(chunk.toString()));
  return { stream, terminal, screen: createLiveScreen(stream) };
};

test('what is printed stays above what is drawn', () => {
  const { screen, terminal } = open();
  screen.print(['one']);
  screen.draw(['A is at work', '1 at work']);
  screen.print(['two', 'three']);
  expect(terminal.text()).toBe('one\ntwo\nthree\nA is at work\n1 at work');
  screen.draw(['B is at work']);
  expect(terminal.text()).toBe('one\ntwo\nthree\nB is at work');
  screen.draw([]);
  expect(terminal.text()).toBe('one\ntwo\nthree');
  screen.print(['four']);
  expect(terminal.text()).toBe('one\ntwo\nthree\nfour');
});

test('after all that has scrolled away as well', () => {
  const { screen, terminal } = open(20, 6);
  for (let index = 1; index <= 30; index += 1) {
    screen.print([`line ${index}`]);
    screen.draw([`step ${index}`, `${index} at work`]);
  }
  screen.draw([]);
  expect(terminal.text()).toBe(Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n'));
});

test('a line that is longer than the terminal is wide is left to it, and not broken for good', () => {
  const { screen, stream, terminal } = open(20, 10);
  let written = '';
  (stream as unknown as PassThrough).on('data', (chunk: Buffer) => {
    written += chunk;
  });
  screen.draw(['at work']);
  screen.print(['x'.repeat(50)]);
  screen.draw([]);
  expect(written).toContain('x'.repeat(50));
  expect(terminal.text()).toBe(['x'.repeat(20), 'x'.repeat(20), 'x'.repeat(10)].join('\n'));
});

test('without a terminal, or beside others who print, nothing is drawn', () => {
  const { stream } = open();
  expect(createScreen(stream, { alone: true }).size()).toEqual({ columns: 40, rows: 10 });
  expect(createScreen(stream, { alone: false }).size()).toBeUndefined();
  expect(
    createScreen(new PassThrough() as unknown as NodeJS.WriteStream, { alone: true }).size(),
  ).toBeUndefined();
  let text = '';
  const plain = createPlainScreen((more) => {
    text += more;
  });
  plain.draw(['at work']);
  plain.print(['one', 'two']);
  expect(text).toBe('one\ntwo\n');
});
