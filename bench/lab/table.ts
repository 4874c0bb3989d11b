/** Figures of several runs, by what was measured; all of one row have one unit. */
export type Figures = Map<string, number[]>;

/** Adds one figure of one run. */
export const addFigure = (figures: Figures, what: string, figure: number): void => {
  const known = figures.get(what);
  if (known) known.push(figure);
  else figures.set(what, [figure]);
};

const median = (sorted: readonly number[]): number => {
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
};

const round = (figure: number): string =>
  figure >= 100 ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);

/** A table as Markdown: what, then minimum, median and maximum of its figures, and how many there are. */
export const figuresTable = (title: string, figures: Figures): string => {
  const rows = [...figures].map(([what, list]) => {
    const sorted = list.toSorted((a, b) => a - b);
    return [
      what,
      round(sorted[0] as number),
      round(median(sorted)),
      round(sorted.at(-1) as number),
      String(list.length),
    ];
  });
  return [[title, 'min', 'median', 'max', 'runs'], ['---', '--:', '--:', '--:', '--:'], ...rows]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
};
