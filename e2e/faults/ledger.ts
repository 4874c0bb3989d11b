import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { redactAll } from '../kube/redact/redact.ts';

const entrySchema = z.object({
  id: z.string(),
  /** The id of the run that injected the fault. Missing in entries of older versions. */
  run: z.string().optional(),
  /** The API server of the cluster. */
  server: z.string(),
  kind: z.string(),
  title: z.string(),
  /** The scenario that injected the fault. Missing in ledgers of older versions. */
  scenario: z.string().optional(),
  /**
   * The data for the heal. They are JSON, so that another process can heal. Secrets in them are redacted on disk; in
   * that case only this process can heal.
   */
  data: z.unknown(),
  recordedAt: z.string(),
});
const lineSchema = z.union([entrySchema, z.object({ healed: z.string(), healedAt: z.string() })]);

/** A change of the cluster that must be undone. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/**
 * A file with the changes made to the cluster. It outlives the process that wrote it, and several processes may write
 * to it at once.
 */
export type Ledger = {
  /** Writes an entry to disk before the change is made. */
  record(entry: Omit<LedgerEntry, 'id' | 'run' | 'recordedAt'>): Promise<LedgerEntry>;
  /** Writes that an entry was undone. A second call does nothing. */
  healed(id: string): Promise<void>;
  /**
   * The entries that are not undone, the latest first: those found when the ledger was opened, and those recorded
   * through it.
   */
  open(): LedgerEntry[];
  /** The ids of the runs with entries that are not undone, and of the last run that recorded an entry. */
  runs(): string[];
};

/** The path of the ledger in a folder of results. */
export const ledgerPath = (out: string): string => join(out, 'faults.ndjson');

/**
 * Opens or creates the ledger of a folder. New entries belong to `run`. Throws if the file cannot be read, because it
 * may be the only record of what to undo.
 */
export const openLedger = async (out: string, run?: string): Promise<Ledger> => {
  const path = ledgerPath(out);
  const past = await readFaults(path);
  const inForce = new Map(
    past.filter(({ healedAt }) => healedAt === undefined).map(({ entry }) => [entry.id, entry]),
  );
  const last = past.at(-1)?.entry;
  const known = new Set(inForce.keys());
  return {
    record: async (fault) => {
      const entry = {
        id: randomBytes(4).toString('hex'),
        ...(run !== undefined && { run }),
        ...fault,
        recordedAt: new Date().toISOString(),
      };
      inForce.set(entry.id, entry);
      known.add(entry.id);
      await append(path, entry);
      return entry;
    },
    healed: async (id) => {
      if (!known.has(id)) throw new Error(`the ledger has no fault ${id}`);
      if (!inForce.delete(id)) return;
      await append(path, { healed: id, healedAt: new Date().toISOString() });
    },
    open: () => [...inForce.values()].reverse(),
    runs: () =>
      [...new Set([...[...inForce.values()].map((entry) => entry.run), last?.run])].filter(
        (id) => id !== undefined,
      ),
  };
};

/**
 * An entry of any process of the run, and the time at which it was undone. The time is undefined while the fault is
 * in force.
 */
export type PastFault = { entry: LedgerEntry; healedAt: string | undefined };

/** Reads a whole ledger, in its order. Returns an empty list if there is no file. */
export const readFaults = async (path: string): Promise<PastFault[]> => {
  const faults = new Map<string, PastFault>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Error(`${path} cannot be read (${error.code}); it says what must be undone in a cluster`, {
      cause: error,
    });
  });
  const lines = text.split('\n');
  // An incomplete last line was being written when the machine went down. Its fault was not injected yet, because an
  // entry is written before its fault is injected.
  if (!text.endsWith('\n')) lines.pop();
  try {
    for (const line of lines.filter((each) => each !== '')) {
      const parsed = lineSchema.parse(JSON.parse(line));
      if (!('healed' in parsed)) faults.set(parsed.id, { entry: parsed, healedAt: undefined });
      else if (faults.has(parsed.healed))
        Object.assign(faults.get(parsed.healed) as PastFault, { healedAt: parsed.healedAt });
    }
  } catch (error) {
    throw new Error(
      `${path} cannot be read; it says what must be undone in a cluster, so look at it before removing it`,
      { cause: error },
    );
  }
  return [...faults.values()];
};

// Appends one whole line in one write and syncs it. So concurrent writers do not mix lines, and `kill -9` or a power
// failure loses nothing that was written.
const append = async (path: string, line: object): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  try {
    await file.write(`${JSON.stringify(redactAll(line))}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
};
