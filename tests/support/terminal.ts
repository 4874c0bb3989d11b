const pattern = new RegExp(String.raw`${String.fromCodePoint(27)}\[([?\d;]*)([A-Za-z])|[\s\S]`, 'gu');

/**
 * A simple terminal, which shows what a reader would see: lines wrap and scroll, the cursor moves, lines are erased. It
 * throws for an unknown sequence.
 */
export const openTerminal = (columns: number, rows: number) => {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // The first line that the cursor can still reach.
  const top = (): number => Math.max(0, lines.length - rows);

  const goTo = (next: number): void => {
    row = next;
    while (lines.length <= row) lines.push('');
  };
  const put = (sign: string): void => {
    if (column === columns) {
      goTo(row + 1);
      column = 0;
    }
    lines[row] =
      `${(lines[row] ?? '').padEnd(column).slice(0, column)}${sign}${(lines[row] ?? '').slice(column + 1)}`;
    column += 1;
  };
  const control = (parameters: string, name: string): void => {
    const amount = Number(parameters) || 1;
    if (name === 'm' || name === 'h' || name === 'l') return;
    if (name === 'A') row = Math.max(top(), row - amount);
    else if (name === 'B') row = Math.min(lines.length - 1, row + amount);
    else if (name === 'G') column = amount - 1;
    else if (name === 'K') lines[row] = parameters === '2' ? '' : (lines[row] ?? '').slice(0, column);
    else if (name === 'J') lines.length = row + 1;
    else throw new Error(`a sequence that this terminal does not know: ${JSON.stringify(parameters + name)}`);
  };

  return {
    write: (text: string): void => {
      for (const [part, parameters, name] of text.matchAll(pattern)) {
        if (name !== undefined) control(parameters ?? '', name);
        else if (part === '\n') {
          goTo(row + 1);
          column = 0;
        } else if (part === '\r') column = 0;
        else put(part);
      }
    },
    /** The whole text, including lines that have scrolled away. */
    text: (): string =>
      lines
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
  };
};
