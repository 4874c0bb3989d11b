import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { draftsDir, forgetDeadDrafts, forgetOlder, partsDir } from './cache-folders.ts';

/** One thing that the lab builds once: its name, all that decides what comes out, and how to make it in an empty folder. */
export type Part = {
  name: string;
  inputs: unknown;
  build: (dir: string) => Promise<void>;
};

/** The folder in the cache that a part has, or will have; its name holds a hash of the part's inputs. */
export const partDir = (part: Pick<Part, 'name' | 'inputs'>): string => {
  const hash = createHash('sha256').update(JSON.stringify(part.inputs)).digest('hex').slice(0, 16);
  return join(partsDir(), `${part.name}-${hash}`);
};

/** Whether the cache has a part. */
export const isCached = (part: Part): boolean => existsSync(partDir(part));

const underWay = new Map<string, Promise<string>>();

/** Builds a part unless the cache has it, and returns its folder; whole or not at all, also when several runs build it at once. */
export const cached = async (part: Part): Promise<string> => {
  const dir = partDir(part);
  if (existsSync(dir)) {
    const now = new Date();
    // What is used lately is kept: see forgetOlder.
    await utimes(dir, now, now);
    return dir;
  }
  const building = underWay.get(dir) ?? buildPart(part, dir).finally(() => underWay.delete(dir));
  underWay.set(dir, building);
  return building;
};

const buildPart = async (part: Part, dir: string): Promise<string> => {
  await forgetDeadDrafts();
  const draft = join(draftsDir(), `${part.name}-${randomUUID()}.${process.pid}`);
  await mkdir(draft, { recursive: true });
  await mkdir(partsDir(), { recursive: true });
  try {
    await part.build(draft);
    await rename(draft, dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another run was faster: its part has the same inputs, so it is as good as ours.
    if (!existsSync(dir)) throw error;
  }
  await forgetOlder(part.name);
  return dir;
};
