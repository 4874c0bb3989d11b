import fc from 'fast-check';
import { z } from 'zod';

/** How many volumes there are, and how many places in each that data are written to. */
export const soakSize = { volumes: 10, places: 2 } as const;

const onVolume = <Do extends string>(name: Do) => z.object({ do: z.literal(name), volume: z.number() });
const onBackup = <Do extends string>(name: Do) => onVolume(name).extend({ backup: z.number() });

/**
 * Something that is done to one of the volumes, a fault of it, or the end of one. Numbers choose: a volume, a place in
 * it, one of the backups that it has then, or a fault in force, by the remainder; where there is none, nothing is done.
 */
const actionSchema = z.discriminatedUnion('do', [
  onVolume('write').extend({ place: z.number() }),
  onVolume('back up'),
  onBackup('delete'),
  onBackup('restore'),
  onBackup('remove the snapshot'),
  onVolume('look into the store'),
  onVolume('run the job'),
  onVolume('change the target'),
  onVolume('delete the backup volume'),
  onVolume('take the target away'),
  onBackup('kill the owner'),
  onBackup('make immutable'),
  onBackup('hold the deletion'),
  onBackup('lock the volume'),
  onBackup('lose the config'),
  z.object({ do: z.literal('slow the store down') }),
  z.object({ do: z.literal('heal'), fault: z.number() }),
]);

/** See `actionSchema`. */
export type SoakAction = z.infer<typeof actionSchema>;

/** The name of an action. */
export type SoakActionName = SoakAction['do'];

const runSchema = z.object({
  run: z.number(),
  actions: z.array(actionSchema),
  /** Of a run that failed and was reduced: how long after the beginning of the soak it failed first, in ms. */
  found: z.number().optional(),
});

/** The actions of one run, which begins with new volumes; a line of `soak.ndjson`. */
export type SoakRun = z.infer<typeof runSchema>;

// Most on a few, on which much comes together.
const volume = fc.oneof(
  { weight: 9, arbitrary: fc.nat(1) },
  { weight: 1, arbitrary: fc.nat(soakSize.volumes - 1) },
);
const backup = fc.nat(9);

const chosen = {
  none: {},
  volume: { volume },
  place: { volume, place: fc.nat(soakSize.places - 1) },
  backup: { volume, backup },
  fault: { fault: fc.nat(4) },
} as const;

/** How often each action comes, beside the others, and what its numbers choose: most make and delete backups. */
const frequencies: Record<SoakActionName, { weight: number; of: keyof typeof chosen }> = {
  write: { weight: 5, of: 'place' },
  'back up': { weight: 9, of: 'volume' },
  delete: { weight: 3, of: 'backup' },
  restore: { weight: 1, of: 'backup' },
  'remove the snapshot': { weight: 3, of: 'backup' },
  'look into the store': { weight: 1, of: 'volume' },
  'run the job': { weight: 2, of: 'volume' },
  'change the target': { weight: 2, of: 'volume' },
  'delete the backup volume': { weight: 1, of: 'volume' },
  'take the target away': { weight: 1, of: 'volume' },
  'kill the owner': { weight: 1, of: 'backup' },
  'make immutable': { weight: 1, of: 'backup' },
  'hold the deletion': { weight: 3, of: 'backup' },
  'lock the volume': { weight: 1, of: 'backup' },
  'lose the config': { weight: 1, of: 'backup' },
  'slow the store down': { weight: 1, of: 'none' },
  heal: { weight: 1, of: 'fault' },
};

/** The names of all actions. */
export const soakActionNames = Object.keys(frequencies) as SoakActionName[];

/** Actions by chance, the same for the same seed. */
export const someActions: fc.Arbitrary<SoakAction[]> = fc.array(
  fc.oneof(
    ...Object.entries(frequencies).map(([name, { weight, of }]) => ({
      weight,
      arbitrary: fc.record({ do: fc.constant(name), ...chosen[of] }) as unknown as fc.Arbitrary<SoakAction>,
    })),
  ),
  { minLength: 10, maxLength: 30, size: 'max' },
);

/** Reads the runs of a `soak.ndjson`; throws where a line is none. */
export const readSoakRuns = (text: string): SoakRun[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => runSchema.parse(JSON.parse(line)));

/**
 * The settings of the runs of a soak: a seed and for how long runs may begin, for how long after that a failure may be
 * reduced (both ms), or what is done again.
 */
const planSchema = z.object({
  seed: z.number(),
  time: z.number(),
  reduction: z.number(),
  replay: runSchema.optional(),
});
export type SoakPlan = z.infer<typeof planSchema>;

/** Reads a plan, as JSON. */
export const readPlanOfSoak = (text: string): SoakPlan => planSchema.parse(JSON.parse(text));

const named = 'soak | seed ';

/** What the scenario of a soak is called. */
export const soakName = (seed: number): string => `${named}${seed}`;

/** The seed of the soak that a name names; undefined where it names none. */
export const soakSeedOf = (name: string): number | undefined =>
  name.startsWith(named) ? Number(name.slice(named.length)) : undefined;

/** The variable that names the folder of a soak, and its files there. */
export const soakFolder = 'CORRAL_SOAK';
export const soakFiles = (folder: string) => ({
  plan: `${folder}/plan.json`,
  runs: `${folder}/soak.ndjson`,
  reduced: `${folder}/reduced.ndjson`,
});
