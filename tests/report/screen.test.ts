import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLiveScreen, createScreen } from '../../e2e/report/screen.ts';
import { openTerminal } from '../support/terminal.ts';

const open = (columns = 40, rows = 10) => {
  const terminal = openTerminal(columns, rows);
  const through = Object.assign(new PassThrough(), { columns, rows, isTTY: true });
  let written = '';
  through.on('data', (chunk: Buffer) => {
    written += chunk;
    terminal.write(chunk.toString());
  });
  const screen = createLiveScreen(through as unknown as NodeJS.WriteStream);
  return { text: terminal.text, written: () => written, screen };
};

test('what is printed stays above what is drawn', () => {
  const { screen, text } = open();
  screen.print(['one']);
  screen.draw(['A is at work', '1 at work']);
  screen.print(['two', 'three']);
  expect(text()).toBe('one\ntwo\nthree\nA is at work\n1 at work');
  screen.draw(['B is at work']);
  expect(text()).toBe('one\ntwo\nthree\nB is at work');
  screen.draw([]);
  screen.print(['four']);
  expect(text()).toBe('one\ntwo\nthree\nfour');
});

test('after all that has scrolled away as well, and a line that is wider than the terminal is left to it', () => {
  const { screen, text, written } = open(20, 6);
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  for (const [index, line] of lines.entries()) {
    screen.print([line]);
    screen.draw([`step ${index}`, `${index} at work`]);
  }
  screen.print(['x'.repeat(50)]);
  screen.draw([]);
  expect(written()).toContain('x'.repeat(50));
  expect(text().split('\n')).toEqual([...lines, 'x'.repeat(20), 'x'.repeat(20), 'x'.repeat(10)]);
});

// As in a container, or on a terminal of a CI system.
test('nothing is drawn on a terminal that does not know its width', () => {
  const stream = Object.assign(new PassThrough(), { columns: 0, rows: 0, isTTY: true });
  const screen = createScreen(stream as unknown as NodeJS.WriteStream, { alone: true });
  expect(screen.size()).toBe(undefined);
});
