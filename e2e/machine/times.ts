import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * What is measured: the build of all that a lab is made of; the start of a lab until its nodes are Ready, and until
 * the emulator is; the scenarios of the seed documents, and all, with what was built before; the project's other
 * commands.
 */
export const measured = [
  ...(['build', 'nodes', 'emulator', 'e2e', 'e2e-all'] as const),
  ...(['test', 'conformance', 'mutants'] as const),
] as const;

/** Something that is measured. */
export type MeasuredCommand = (typeof measured)[number];

/** How long a run should take, in seconds, on an idle machine with fast processors. */
export const goals = { e2e: 240, 'e2e-all': 480 } as const satisfies Partial<Record<MeasuredCommand, number>>;

const measurement = z.strictObject({
  seconds: z.number().positive(),
  machine: z.string().min(1),
  date: z.iso.date(),
  /** The commit that was measured; null where nobody wrote it down. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .nullable(),
  /** How it came about: by the benchmark, or where it was read. */
  from: z.string().min(1),
});

const timesSchema = z.record(z.enum(measured), z.array(measurement));

/** All figures, each with where it comes from. */
export type Times = z.infer<typeof timesSchema>;

/** The file that all times of the documents come from; `npm run bench -- times` writes it. */
export const timesPath = fileURLToPath(new URL('../../fixtures/times.json', import.meta.url));

/** Reads the figures; throws for a file that is not of that form. */
export const readTimes = (): Times => timesSchema.parse(JSON.parse(readFileSync(timesPath, 'utf8')));

const short = (seconds: number): string => String(Number(seconds.toPrecision(2)));

/** Says how long something took, from the fastest to the slowest time that was measured. */
export const timeOf = (name: MeasuredCommand, times: Times = readTimes()): string => {
  const seconds = times[name].map((each) => each.seconds);
  if (seconds.length === 0) return 'not measured yet';
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const [unit, by] = most < 90 ? ['s', 1] : most < 5400 ? ['min', 60] : ['h', 3600];
  const ends = [least, most].map((each) => (by === 60 ? String(Math.round(each / by)) : short(each / by)));
  return `${[...new Set(ends)].join(' to ')} ${unit}`;
};
