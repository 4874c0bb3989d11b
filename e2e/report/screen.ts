import { createLogUpdate } from 'log-update';
import { canRedraw } from '../machine/terminal.ts';

/** Prints a run: permanent lines, and on a terminal an area below them that is redrawn. */
export type Screen = {
  /** The size of the terminal. Undefined if there is no area to draw in. */
  size(): { columns: number; rows: number } | undefined;
  print(lines: readonly string[]): void;
  draw(lines: readonly string[]): void;
};

const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** A screen without a drawn area, for logs and pipes. */
const createPlainScreen = (write: (text: string) => void): Screen => ({
  size: () => undefined,
  print: (lines) => write(join(lines)),
  draw: () => {},
});

/** A screen whose last lines are redrawn. Printed lines scroll above them. */
export const createLiveScreen = (stream: NodeJS.WriteStream): Screen => {
  // The cursor is never hidden, because a killed process could not show it again.
  const update = createLogUpdate(stream, { showCursor: true });
  let drawn: readonly string[] = [];
  const draw = (lines: readonly string[]): void => {
    if (lines.length > 0) update(lines.join('\n'));
    else if (drawn.length > 0) update.clear();
    drawn = lines;
  };
  return {
    size: () => ({ columns: stream.columns, rows: stream.rows }),
    // Printed without log-update, which would break long lines permanently.
    print: (lines) => {
      update.clear();
      stream.write(join(lines));
      if (drawn.length > 0) update(drawn.join('\n'));
    },
    draw,
  };
};

/**
 * Chooses the screen for a stream. An area is drawn only on a terminal that can redraw, and only if no other process
 * writes to it (`alone`).
 */
export const createScreen = (stream: NodeJS.WriteStream, { alone }: { alone: boolean }): Screen =>
  alone && canRedraw(stream)
    ? createLiveScreen(stream)
    : createPlainScreen((text) => void stream.write(text));
