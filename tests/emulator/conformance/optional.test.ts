import { expect, test } from 'vitest';
import { recordedTranscript } from './conform.ts';
import { optional } from './optional.ts';
import { plays } from './plays.ts';

test.each(optional.map((rule) => [rule.why, rule] as const))(
  'some recordings have it and some have not: %s',
  async (_, { resource, matches }) => {
    const all = await Promise.all(Object.keys(plays).map((name) => recordedTranscript(name)));
    const withIt = all.filter((transcript) => {
      const told = transcript.flatMap((line) => ('is' in line && line.resource === resource ? [line] : []));
      return [...new Set(told.map(({ name }) => name))].some((name) => {
        const history = told.filter((line) => line.name === name);
        return history.some(({ is }, index) =>
          matches(is, { before: history[index - 1]?.is, after: history[index + 1]?.is }),
        );
      });
    });
    expect(withIt.length).toBeGreaterThan(0);
    expect(withIt.length).toBeLessThan(all.length);
  },
);
