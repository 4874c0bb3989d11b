import type { Cost } from './cost.ts';
import { lives, schedule } from './schedule.ts';

/**
 * One round of all states with one observer: which states it saw, how long each lived (ms), and what the API
 * server did meanwhile.
 */
export type Round = { title: string; seen: ReadonlySet<string>; lived: readonly number[]; cost: Cost };

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;

/**
 * What the rounds came to, in Markdown: a column for each observer, a row for each life of a state; then what
 * it cost the API server.
 */
export const pollingTable = (rounds: readonly Round[]): string => {
  const [alone, ...observed] = rounds as [Round, ...Round[]];
  const states = schedule();
  const row = (life: number): string[] => {
    const ofLife = states.flatMap((state, index) => (state.life === life ? [{ ...state, index }] : []));
    const lived = median(
      rounds.flatMap((round) => ofLife.map(({ index }) => round.lived[index] ?? Number.NaN)),
    );
    const seen = observed.map((round) => ofLife.filter(({ state }) => round.seen.has(state)).length);
    return [
      `seen, of ${ofLife.length} that lived ${life} ms (median: ${lived.toFixed(1)})`,
      ...seen.map(String),
    ];
  };
  const seconds = ({ cost }: Round): string => (cost.cpuSeconds - alone.cost.cpuSeconds).toFixed(1);
  return [
    ['', ...observed.map(({ title }) => title)],
    ['---', ...observed.map(() => '--:')],
    ...lives.map(row),
    [`**seen, of ${states.length}**`, ...observed.map(({ seen }) => `**${seen.size}**`)],
    [
      'requests to the API server',
      ...observed.map(({ cost }) => String(cost.requests - alone.cost.requests)),
    ],
    [
      `its processor time, s, beyond the ${alone.cost.cpuSeconds.toFixed(1)} that it takes when nobody looks`,
      ...observed.map(seconds),
    ],
  ]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
};
