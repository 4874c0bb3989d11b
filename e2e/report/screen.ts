import { createLogUpdate } from 'log-update';

/**
 * Where a run is printed: lines that stay, and below them, on a terminal, an area that is drawn again and again.
 */
export type Screen = {
  /** Undefined where there is no such area. */
  size(): { columns: number; rows: number } | undefined;
  print(lines: readonly string[]): void;
  draw(lines: readonly string[]): void;
};

const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** A screen of plain lines: for logs and pipes. */
const createPlainScreen = (write: (text: string) => void): Screen => ({
  size: () => undefined,
  print: (lines) => write(join(lines)),
  draw: () => {},
});

/** A screen whose last lines are drawn again; what is printed scrolls above them. */
export const createLiveScreen = (stream: NodeJS.WriteStream): Screen => {
  // The cursor stays: a process that is killed could not bring it back.
  const update = createLogUpdate(stream, { showCursor: true });
  let drawn: readonly string[] = [];
  const draw = (lines: readonly string[]): void => {
    if (lines.length > 0) update(lines.join('\n'));
    else if (drawn.length > 0) update.clear();
    drawn = lines;
  };
  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    // Not by log-update, which would break long lines for good.
    print: (lines) => {
      update.clear();
      stream.write(join(lines));
      if (drawn.length > 0) update(drawn.join('\n'));
    },
    draw,
  };
};

/**
 * The screen that fits the stream: an area is drawn only where a cursor can be moved, and nobody else writes
 * meanwhile.
 */
export const createScreen = (stream: NodeJS.WriteStream, { alone }: { alone: boolean }): Screen =>
  alone && stream.isTTY && process.env.TERM !== 'dumb'
    ? createLiveScreen(stream)
    : createPlainScreen((text) => void stream.write(text));
