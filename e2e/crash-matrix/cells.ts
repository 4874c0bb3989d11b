import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Disturbance, disturbances, kills } from '../suite/steps/writes/disturbances.ts';

/** The variable with the folder of the matrix; see `matrixFiles`. */
export const matrixFolder = 'CORRAL_CRASH_MATRIX';

/** One write of an operation, and its disturbance. */
export type CrashCell = { operation: string; write: string; disturbance: Disturbance };

const names = Object.keys(disturbances) as [Disturbance, ...Disturbance[]];

const cellSchema = z.object({ operation: z.string(), write: z.string(), disturbance: z.enum(names) });

const learnedSchema = z.object({ operation: z.string(), writes: z.array(z.string()) });

/** The writes of an undisturbed run of an operation, in order. */
export type Learned = z.infer<typeof learnedSchema>;

const separator = ' | ';

/** The name of a cell: `OPERATION | WRITE | DISTURBANCE`. */
export const crashCellName = ({ operation, write, disturbance }: CrashCell): string =>
  [operation, write, disturbance].join(separator);

/** Parses the name of a cell. Undefined if it is invalid. */
export const crashCellNamed = (name: string): CrashCell | undefined => {
  const [operation = '', write = '', disturbance = ''] = name.split(separator);
  return cellSchema.safeParse({ operation, write, disturbance }).data;
};

/** How often an operation is run undisturbed. */
export const runsToLearn = 2;

/** The name of an undisturbed run: the first or the second. */
export const learningNameOf = (operation: string, run: number): string =>
  [operation, 'undisturbed', run === 1 ? 'the first time' : 'the second time'].join(separator);

/** The files of a matrix: the cells to run with a deadline, the learned writes, and the results. */
export const matrixFiles = (folder: string) => ({
  cells: `${folder}/cells.json`,
  learned: `${folder}/learned.ndjson`,
  results: `${folder}/crash-matrix.json`,
});

const planSchema = z.object({ until: z.number().nullable(), cells: z.array(cellSchema) });

/** The cells to run, and the time until which they may start (ms since the epoch). */
export type MatrixPlan = z.infer<typeof planSchema>;

/** Reads the cells to run. Undefined if the writes must be learned first. */
export const readPlan = (folder: string): MatrixPlan | undefined => {
  try {
    return planSchema.parse(JSON.parse(readFileSync(matrixFiles(folder).cells, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Reads the learned writes, one run per line. */
export const readLearned = (folder: string): Learned[] =>
  readFileSync(matrixFiles(folder).learned, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => learnedSchema.parse(JSON.parse(line)));

/**
 * The writes of an operation that all undisturbed runs have, in the order of the first run, and those that only some
 * have.
 */
export const commonWrites = (
  learned: readonly Learned[],
  operation: string,
): { always: string[]; sometimes: string[] } => {
  const [first, ...others] = learned
    .filter((each) => each.operation === operation)
    .map(({ writes }) => writes);
  if (first === undefined) return { always: [], sometimes: [] };
  const always = first.filter((write) => others.every((writes) => writes.includes(write)));
  const all = new Set([first, ...others].flat());
  return { always, sometimes: [...all].filter((write) => !always.includes(write)) };
};

// The number of a repeated write. First occurrences are disturbed before later ones, because repetitions are similar.
const repeats = (write: string): number => Number(/ \((\d+)\)$/.exec(write)?.[1] ?? 1);

/**
 * All cells of some operations: every write with every disturbance, first occurrences of writes first. Those of an
 * operation that kill a manager come one after the other: each waits until the others have no use for the managers.
 */
export const cellsOf = (learned: readonly Learned[], chosen: readonly string[]): CrashCell[] =>
  chosen
    .flatMap((operation) =>
      [true, false].flatMap((isKill) =>
        commonWrites(learned, operation).always.flatMap((write) =>
          names
            .filter((disturbance) => kills(disturbance) === isKill)
            .map((disturbance) => ({ operation, write, disturbance })),
        ),
      ),
    )
    .toSorted((one, other) => repeats(one.write) - repeats(other.write));
