import type { Row } from './compare.ts';
import type { Told } from './transcript.ts';

const stateWidth = 44;
const cellWidth = stateWidth + 8;
const nameWidth = 28;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 3)}...`;

/** A state in a cell's width; what is the same all the time is left to the lines below a difference. */
const cell = (told: Told | undefined): string => {
  if (!told) return '-';
  if (told.is === 'gone') return `${told.at.toFixed(1).padStart(6)}  gone`;
  const { finalizers: _, ownedBy: __, ...shown } = told.is;
  const [first, ...rest] = Object.entries(shown);
  const words = [first?.[1] ?? '', ...rest.map(([name, value]) => `${name}=${value}`)].join(' ');
  return `${told.at.toFixed(1).padStart(6)}  ${cut(words, stateWidth)}`;
};

/** The parts of two texts around the first place where they differ. */
const around = (text: string, other: string): string => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, at - 40);
  const part = text.slice(from, at + 120);
  return `${from > 0 ? '...' : ''}${part}${at + 120 < text.length ? '...' : ''}`;
};

const differingFields = ({ expected, got }: { expected?: Told; got?: Told }): string[] => {
  if (!expected || !got || expected.is === 'gone' || got.is === 'gone') return [];
  const [left, right] = [expected.is, got.is];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => left[name] !== right[name],
  );
  return names.flatMap((name) => {
    const [a, b] = [left[name] ?? '(none)', right[name] ?? '(none)'];
    return [
      `      ${name} recorded: ${around(a, b)}`,
      `      ${' '.repeat(name.length)} emulator: ${around(b, a)}`,
    ];
  });
};

const signOf = (row: Row): string => (row.differs ? '!' : 'allowed' in row ? '~' : ' ');

const lineOf = (row: Row): string[] => {
  if ('marker' in row) {
    const other = row.gotMarker === undefined ? '' : ` (emulator: ${row.gotMarker})`;
    return [`${signOf(row)} --- ${row.marker}${other}`];
  }
  const { resource = '', name = '' } = row.expected ?? row.got ?? {};
  const object = cut(`${resource.replace(/s$/, '')} ${name}`, nameWidth).padEnd(nameWidth);
  const line =
    `${signOf(row)} ${object} ${cell(row.expected).padEnd(cellWidth)} | ${cell(row.got)}`.trimEnd();
  return [line, ...(row.differs ? differingFields(row) : [])];
};

export const differences = (rows: readonly Row[]): number => rows.filter(({ differs }) => differs).length;

/**
 * Writes a comparison for people: recorded on the left, the emulator's on the right, in seconds from the
 * start of each, with the actions between. `!` is a difference, with the fields that differ below it; `~` may
 * be missing on one side.
 */
export const table = (rows: readonly Row[]): string =>
  [
    `  ${'object'.padEnd(nameWidth)} ${'   at   recorded'.padEnd(cellWidth)} |    at   emulator`,
    ...rows.flatMap(lineOf),
  ].join('\n');
