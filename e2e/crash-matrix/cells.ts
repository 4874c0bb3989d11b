import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Disturbance, disturbances } from '../suite/steps/writes/disturbances.ts';

/** The variable that names the folder in which the runs of the matrix write and read, see `matrixFiles`. */
export const matrixFolder = 'CORRAL_CRASH_MATRIX';

/** One write of one operation, and what is done to it. */
export type CrashCell = { operation: string; write: string; disturbance: Disturbance };

const names = Object.keys(disturbances) as [Disturbance, ...Disturbance[]];

const cellSchema = z.object({ operation: z.string(), write: z.string(), disturbance: z.enum(names) });

const learnedSchema = z.object({ operation: z.string(), writes: z.array(z.string()) });

/** The writes of one undisturbed run of an operation, in order. */
export type Learned = z.infer<typeof learnedSchema>;

const marks = ' | ';

/** What a cell is called everywhere: `OPERATION | WRITE | DISTURBANCE`. */
export const crashCellName = ({ operation, write, disturbance }: CrashCell): string =>
  [operation, write, disturbance].join(marks);

/** The cell that a whole name names; undefined where it names none. */
export const crashCellNamed = (name: string): CrashCell | undefined => {
  const [operation = '', write = '', disturbance = ''] = name.split(marks);
  return cellSchema.safeParse({ operation, write, disturbance }).data;
};

/** What an undisturbed run is called: each operation has two. */
export const learningNameOf = (operation: string, run: number): string =>
  [operation, 'undisturbed', run === 1 ? 'the first time' : 'the second time'].join(marks);

/** The files of a matrix: which cells are run, until when they may begin, and the writes that were learned. */
export const matrixFiles = (folder: string) => ({
  cells: `${folder}/cells.json`,
  learned: `${folder}/learned.ndjson`,
  results: `${folder}/crash-matrix.json`,
});

const planSchema = z.object({ until: z.number().nullable(), cells: z.array(cellSchema) });

/** Which cells are run, and until when they may begin (ms since the epoch). */
export type MatrixPlan = z.infer<typeof planSchema>;

/** Reads which cells are run; undefined where writes are learned first. */
export const readPlan = (folder: string): MatrixPlan | undefined => {
  try {
    return planSchema.parse(JSON.parse(readFileSync(matrixFiles(folder).cells, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Reads the writes that were learned, a run a line. */
export const readLearned = (folder: string): Learned[] =>
  readFileSync(matrixFiles(folder).learned, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => learnedSchema.parse(JSON.parse(line)));

/** The writes that every undisturbed run of an operation has, in the order of the first, and those of some only. */
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

// A write that comes again and again is one of its kind: its first is disturbed before its later ones.
const repeats = (write: string): number => Number(/ \((\d+)\)$/.exec(write)?.[1] ?? 1);

/** All cells of these operations: most distinct writes first, each of them in every way. */
export const cellsOf = (learned: readonly Learned[], chosen: readonly string[]): CrashCell[] =>
  chosen
    .flatMap((operation) =>
      commonWrites(learned, operation).always.flatMap((write) =>
        names.map((disturbance) => ({ operation, write, disturbance })),
      ),
    )
    .toSorted((one, other) => repeats(one.write) - repeats(other.write));
