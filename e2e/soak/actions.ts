import fc from 'fast-check';
import { z } from 'zod';

/** The number of volumes, and of places in each volume where data are written. */
export const soakSize = { volumes: 10, places: 2 } as const;

const onVolume = <Do extends string>(name: Do) => z.object({ do: z.literal(name), volume: z.number() });
const onBackup = <Do extends string>(name: Do) => onVolume(name).extend({ backup: z.number() });

/**
 * An action on a volume, the start of a fault, or its end. The numbers choose a volume, a place in it, one of its
 * current backups, or a fault in force, by the remainder of a division. If there is none to choose, the action does
 * nothing.
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

/** An action of a soak, see `actionSchema`. */
export type SoakAction = z.infer<typeof actionSchema>;

export type SoakActionName = SoakAction['do'];

const runSchema = z.object({
  run: z.number(),
  actions: z.array(actionSchema),
  /** For a failed run that was reduced: the time from the start of the soak to its first failure, in ms. */
  found: z.number().optional(),
});

/** The actions of one run, which starts with new volumes. A line of `soak.ndjson`. */
export type SoakRun = z.infer<typeof runSchema>;

// Most actions are on two volumes, so that many affect the same one.
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

/** The relative frequency of each action, and what its numbers choose. Most actions create and delete backups. */
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

export const soakActionNames = Object.keys(frequencies) as SoakActionName[];

/** Random actions. The same seed gives the same actions. */
export const randomActions: fc.Arbitrary<SoakAction[]> = fc.array(
  fc.oneof(
    ...Object.entries(frequencies).map(([name, { weight, of }]) => ({
      weight,
      arbitrary: fc.record({ do: fc.constant(name), ...chosen[of] }) as unknown as fc.Arbitrary<SoakAction>,
    })),
  ),
  { minLength: 10, maxLength: 30, size: 'max' },
);

/** Parses the runs of a `soak.ndjson`. Throws if a line is invalid. */
export const readSoakRuns = (text: string): SoakRun[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => runSchema.parse(JSON.parse(line)));

/**
 * The settings of a soak: the seed; how long runs may start; how long after that a failure may be reduced (both in
 * ms); or the run to replay.
 */
const planSchema = z.object({
  seed: z.number(),
  time: z.number(),
  reduction: z.number(),
  replay: runSchema.optional(),
});
export type SoakPlan = z.infer<typeof planSchema>;

/** Parses a plan from JSON. */
export const readPlanOfSoak = (text: string): SoakPlan => planSchema.parse(JSON.parse(text));

const named = 'soak | seed ';

/** The name of the scenario of a soak. */
export const soakName = (seed: number): string => `${named}${seed}`;

/** The seed in the name of a soak. Undefined for other names. */
export const soakSeedOf = (name: string): number | undefined =>
  name.startsWith(named) ? Number(name.slice(named.length)) : undefined;

/** The variable with the folder of a soak, and the files in that folder. */
export const soakFolder = 'CORRAL_SOAK';
export const soakFiles = (folder: string) => ({
  plan: `${folder}/plan.json`,
  runs: `${folder}/soak.ndjson`,
  reduced: `${folder}/reduced.ndjson`,
});
