/**
 * The schedules of schedules.test.ts find what they are for: each watcher, or judge, that is broken in one
 * place is distinguished from the whole one.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { expect, test } from 'vitest';
import { check } from './schedules/check.ts';
import { generate } from './schedules/generate.ts';
import { known } from './schedules/known.ts';
import { type Mutant, mutants, none } from './schedules/mutants.ts';
import type { Observe } from './schedules/observe.ts';
import { runSchedule } from './schedules/run-schedule.ts';
import type { Schedule } from './schedules/schedule.ts';

/** Loads what is put to the test, broken in one place; throws where the code has no such place any more. */
const mutate = async ({ file, change: [from, to] }: Mutant): Promise<Observe> => {
  const transform = (text: string, id: string) => {
    if (!id.endsWith(`/e2e/${file}`)) return null;
    if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
    return text.replace(from, () => to);
  };
  const { output } = await build({
    input: fileURLToPath(new URL('schedules/observe.ts', import.meta.url)),
    // As one module without a place of its own: of packages the form that needs no 'require'.
    platform: 'browser',
    external: [/^node:/],
    write: false,
    logLevel: 'silent',
    plugins: [{ name: 'mutant', transform }],
  });
  const { observe } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  return observe;
};

/** The first problem that a mutant has with its known schedule, or with so many from its seed on. */
const firstProblem = async (mutant: Mutant, most: number): Promise<string | undefined> => {
  const observe = await mutate(mutant);
  const { by, hangs } = mutant;
  // Where a watcher does not hang, only a machine that does could meet the deadline.
  const deadline = hangs ? 500 : 60_000;
  const schedules =
    typeof by === 'string'
      ? [known[by] as Schedule]
      : Array.from({ length: most }, (_, index) => generate(by + index));
  for (const schedule of schedules) {
    const [problem] = check(await runSchedule(schedule, { observe, deadline }));
    if (problem !== undefined) return problem;
  }
  return undefined;
};

// Known by their seeds, so that few schedules will do; after a change of the generator it may take more.
test.concurrent.each(mutants)('$file: $change.0', { timeout: 120_000 }, async (mutant) => {
  expect(await firstProblem(mutant, 200)).toBeDefined();
});

test('nothing is wrong with a copy', { timeout: 120_000 }, async () => {
  expect(await firstProblem(none, 50)).toBeUndefined();
});
