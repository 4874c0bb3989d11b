import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * What is measured: the build of all parts of a lab; the start of a lab until its nodes are Ready, and until the
 * emulator is ready; the scenarios of the seed documents, and all scenarios, without the build; and other commands of
 * the project.
 */
export const measured = [
  ...(['build', 'nodes', 'emulator', 'e2e', 'e2e-all'] as const),
  ...(['test', 'conformance', 'mutants'] as const),
] as const;

/** The name of a measured command or phase. */
export type MeasuredCommand = (typeof measured)[number];

/** The intended duration of a run, in seconds, on an idle machine with fast processors. */
export const goals = { e2e: 240, 'e2e-all': 480 } as const satisfies Partial<Record<MeasuredCommand, number>>;

const measurement = z.strictObject({
  seconds: z.number().positive(),
  machine: z.string().min(1),
  date: z.iso.date(),
  /** The measured commit. Null if it was not recorded. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .nullable(),
  /** The source of the figure: the benchmark, or where it was read. */
  from: z.string().min(1),
});

const timesSchema = z.record(z.enum(measured), z.array(measurement));

/** All figures with their sources. */
type Times = z.infer<typeof timesSchema>;

/** The file with all times that the documents state. `npm run bench -- times` writes it. */
export const timesPath = fileURLToPath(new URL('../../fixtures/times.json', import.meta.url));

/** Reads the figures. Throws if the file is invalid. */
export const readTimes = (): Times => timesSchema.parse(JSON.parse(readFileSync(timesPath, 'utf8')));

const short = (seconds: number): string => String(Number(seconds.toPrecision(2)));

/** Describes how long something took, from the fastest to the slowest measured time. */
export const timeOf = (name: MeasuredCommand, times: Times = readTimes()): string => {
  const seconds = times[name].map((each) => each.seconds);
  if (seconds.length === 0) return 'not measured yet';
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const [unit, by] = most < 90 ? ['s', 1] : most < 5400 ? ['min', 60] : ['h', 3600];
  const ends = [least, most].map((each) => (by === 60 ? String(Math.round(each / by)) : short(each / by)));
  return `${[...new Set(ends)].join(' to ')} ${unit}`;
};
