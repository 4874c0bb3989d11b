import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { redactAll } from '../kube/redact/redact.ts';

const entrySchema = z.object({
  id: z.string(),
  /** The id of the run that did it; one of an older version does not say. */
  run: z.string().optional(),
  /** The API server that it was done to. */
  server: z.string(),
  kind: z.string(),
  title: z.string(),
  /** The scenario that did it; a ledger of an older version does not say so. */
  scenario: z.string().optional(),
  /**
   * What the healer of this kind needs; JSON, so that another process can heal. On disk secrets in it are
   * redacted: with one, only this process can.
   */
  data: z.unknown(),
  recordedAt: z.string(),
});
const lineSchema = z.union([entrySchema, z.object({ healed: z.string(), healedAt: z.string() })]);

/** One thing done to the cluster that must be undone. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/**
 * The list on disk of what was done to the cluster; it outlives the process that wrote it, and any number of
 * processes may write it at once.
 */
export type Ledger = {
  /** Writes down, durably, what is about to be done. */
  record(entry: Omit<LedgerEntry, 'id' | 'run' | 'recordedAt'>): Promise<LedgerEntry>;
  /** Writes down that it was undone; once is enough. */
  healed(id: string): Promise<void>;
  /**
   * What has not been undone yet, of what was there when this was opened and what was entered here since; the
   * latest first.
   */
  open(): LedgerEntry[];
  /** The runs that have not healed all of theirs, and the last one that entered anything. */
  runs(): string[];
};

/** Names the ledger in a folder of results. */
export const ledgerPath = (out: string): string => join(out, 'faults.ndjson');

/**
 * Opens the ledger of a folder, or starts it; an unreadable one is an error, because it may hold the only way
 * back. What is entered is `run`'s.
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

/** A fault of the whole run, by whichever process, and when it was undone; undefined while it is in force. */
export type PastFault = { entry: LedgerEntry; healedAt: string | undefined };

/** Reads a whole ledger, in its order; empty where there is none. */
export const readFaults = async (path: string): Promise<PastFault[]> => {
  const faults = new Map<string, PastFault>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Error(`${path} cannot be read (${error.code}); it says what must be undone in a cluster`, {
      cause: error,
    });
  });
  const lines = text.split('\n');
  // What was being written when the machine went down was not done yet: an entry is on disk before its fault
  // is injected.
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

// Only ever a whole line at the end, in one go and forced to disk: writers at the same time do not disturb
// each other, and nothing written is lost to kill -9 or a power cut.
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
