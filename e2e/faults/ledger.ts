import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({
  id: z.string(),
  /** The API server that it was done to. */
  server: z.string(),
  kind: z.string(),
  title: z.string(),
  /** What the healer of this kind needs; JSON, so that another process can heal. */
  data: z.unknown(),
  recordedAt: z.string(),
  healedAt: z.string().optional(),
});
const fileSchema = z.object({ version: z.literal(1), faults: z.array(entrySchema) });

/** One thing done to the cluster that must be undone. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** The list on disk of what was done to the cluster; it outlives the process that wrote it. */
export type Ledger = {
  /** Writes down, durably, what is about to be done. */
  record(entry: { server: string; kind: string; title: string; data: unknown }): Promise<LedgerEntry>;
  /** Writes down that it was undone. */
  healed(id: string): Promise<void>;
  /** What has not been undone yet, the latest first. */
  open(): LedgerEntry[];
};

/** Opens `<out>/faults.json`, or starts it; an unreadable one is an error, because it may hold the only way back. */
export const openLedger = async (out: string): Promise<Ledger> => {
  const path = join(out, 'faults.json');
  const faults = await read(path);
  let writing: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    // One after the other: two at once could leave the older state on disk.
    writing = writing.catch(() => {}).then(() => write(path, `${JSON.stringify({ version: 1, faults }, undefined, 2)}\n`));
    return writing;
  };
  return {
    record: async ({ server, kind, title, data }) => {
      const entry = { id: randomBytes(4).toString('hex'), server, kind, title, data, recordedAt: new Date().toISOString() };
      faults.push(entry);
      await save();
      return entry;
    },
    healed: async (id) => {
      const entry = faults.find((candidate) => candidate.id === id);
      if (entry === undefined) throw new Error(`the ledger has no fault ${id}`);
      entry.healedAt = new Date().toISOString();
      await save();
    },
    open: () => faults.filter(({ healedAt }) => healedAt === undefined).reverse(),
  };
};

const read = async (path: string): Promise<LedgerEntry[]> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).faults;
  } catch (error) {
    throw new Error(`${path} cannot be read; it says what must be undone in a cluster, so look at it before removing it`, { cause: error });
  }
};

// Renamed into place and forced to disk: after kill -9, or a power cut, the file is whole.
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
};
