import fc from 'fast-check';
import { z } from 'zod';

/** How many volumes there are, and how many places in each that data are written to. */
export const soakSize = { volumes: 10, places: 4 } as const;

/**
 * Something that is done to one of the volumes. Numbers choose: a volume, a place in it, and one of the backups that
 * it has then, by the remainder; where it has none, nothing is done.
 */
const actionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('write'), volume: z.number(), place: z.number() }),
  z.object({ do: z.literal('back up'), volume: z.number() }),
  z.object({ do: z.literal('delete'), volume: z.number(), backup: z.number() }),
  z.object({ do: z.literal('restore'), volume: z.number(), backup: z.number() }),
  z.object({ do: z.literal('remove the snapshot'), volume: z.number(), backup: z.number() }),
  z.object({ do: z.literal('look into the store'), volume: z.number() }),
  z.object({ do: z.literal('kill the owner'), volume: z.number(), backup: z.number() }),
  z.object({ do: z.literal('make immutable'), volume: z.number(), backup: z.number() }),
  z.object({ do: z.literal('make mutable'), volume: z.number() }),
  z.object({ do: z.literal('delete the backup volume'), volume: z.number() }),
  z.object({ do: z.literal('take the target away'), volume: z.number() }),
]);

/** See `actionSchema`. */
export type SoakAction = z.infer<typeof actionSchema>;

const runSchema = z.object({ run: z.number(), actions: z.array(actionSchema) });

/** The actions of one run, which begins with new volumes; a line of `soak.ndjson`. */
export type SoakRun = z.infer<typeof runSchema>;

// Most on a few, on which much comes together.
const volume = fc.oneof(
  { weight: 3, arbitrary: fc.nat(1) },
  { weight: 1, arbitrary: fc.nat(soakSize.volumes - 1) },
);
const backup = fc.nat(9);

const act = <Do extends SoakAction['do']>(name: Do) => fc.constant(name);

/** Actions by chance: what makes and deletes backups comes most often. A failure is reduced to fewer, and to lower numbers. */
export const someActions: fc.Arbitrary<SoakAction[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: act('write'), volume, place: fc.nat(soakSize.places - 1) }) },
    { weight: 5, arbitrary: fc.record({ do: act('back up'), volume }) },
    { weight: 4, arbitrary: fc.record({ do: act('delete'), volume, backup }) },
    { weight: 1, arbitrary: fc.record({ do: act('restore'), volume, backup }) },
    { weight: 1, arbitrary: fc.record({ do: act('remove the snapshot'), volume, backup }) },
    { weight: 1, arbitrary: fc.record({ do: act('look into the store'), volume }) },
    { weight: 1, arbitrary: fc.record({ do: act('kill the owner'), volume, backup }) },
    { weight: 2, arbitrary: fc.record({ do: act('make immutable'), volume, backup }) },
    { weight: 1, arbitrary: fc.record({ do: act('make mutable'), volume }) },
    { weight: 1, arbitrary: fc.record({ do: act('delete the backup volume'), volume }) },
    { weight: 1, arbitrary: fc.record({ do: act('take the target away'), volume }) },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
);

/** Reads the runs of a `soak.ndjson`; throws where a line is none. */
export const readSoakRuns = (text: string): SoakRun[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => runSchema.parse(JSON.parse(line)));

/** The settings of the runs of a soak: a seed and for how long runs may begin (ms), or what is done again. */
const planSchema = z.object({ seed: z.number(), time: z.number(), replay: runSchema.optional() });
export type SoakPlan = z.infer<typeof planSchema>;

/** Reads a plan, as JSON. */
export const readPlanOfSoak = (text: string): SoakPlan => planSchema.parse(JSON.parse(text));

/** The variable that names the folder of a soak, and its files there. */
export const soakFolder = 'CORRAL_SOAK';
export const soakFiles = (folder: string) => ({
  plan: `${folder}/plan.json`,
  runs: `${folder}/soak.ndjson`,
  reduced: `${folder}/reduced.ndjson`,
});
