import { expect, test } from 'vitest';
import { schedule } from '../../../bench/polling/schedule.ts';
import { pollingTable, type Round } from '../../../bench/polling/table.ts';

const states = schedule();
const round = (title: string, longer: number, [requests, cpuSeconds]: [number, number]): Round => ({
  title,
  seen: new Set(states.filter(({ life }) => life > longer).map(({ state }) => state)),
  lived: states.map(({ life }) => life + 0.25),
  cost: { requests, cpuSeconds },
});

test('what each saw, by the life of a state, and what it cost beyond what nobody costs', () => {
  expect(
    pollingTable([round('nobody', 1000, [3, 1]), round('watch', 0, [5, 1.25]), round('poll', 49, [600, 3])]),
  ).toMatchInlineSnapshot(`
    "|  | watch | poll |
    | --- | --: | --: |
    | seen, of 40 that lived 6 ms (median: 6.3) | 40 | 0 |
    | seen, of 40 that lived 20 ms (median: 20.3) | 40 | 0 |
    | seen, of 40 that lived 50 ms (median: 50.3) | 40 | 40 |
    | seen, of 40 that lived 120 ms (median: 120.3) | 40 | 40 |
    | seen, of 40 that lived 500 ms (median: 500.3) | 40 | 40 |
    | **seen, of 200** | **200** | **120** |
    | requests to the API server | 2 | 597 |
    | its processor time, s, beyond the 1.0 that it takes when nobody looks | 0.3 | 2.0 |
    "
  `);
});
