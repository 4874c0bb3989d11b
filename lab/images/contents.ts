import { posix } from 'node:path';
import type { z } from 'zod';
import { Damaged, type Descriptor } from './documents.ts';
import { entriesOf } from './entries.ts';
import { type Member, readMember } from './member.ts';
import type { Source } from './source.ts';

/** Everything that has to be known of an archive or an unpacked layout, after one pass over it. */
export type Contents = {
  /** The file of that path, by way of links where there are some. */
  find: (path: string) => Member | undefined;
  paths: readonly string[];
  /** Added to what is said of something that is missing. */
  missingHint: string;
};

const MOST_LINKS = 8;

/** Reads a source once, from its beginning to its end; `onBytes` hears how many bytes are read. */
export const readContents = async (source: Source, onBytes: (bytes: number) => void): Promise<Contents> => {
  const members = new Map<string, Member>();
  const links = new Map<string, string>();
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  for await (const entry of entriesOf(source, { onCut, onBytes })) {
    if (entry.link === undefined) members.set(entry.path, await readMember(entry));
    else links.set(entry.path, entry.link);
  }
  const follow = (path: string): string => {
    let end = path;
    for (let count = 0; links.has(end) && count < MOST_LINKS; count += 1) end = links.get(end) as string;
    return end;
  };
  return {
    find: (path) => members.get(follow(posix.normalize(path))),
    paths: [...members.keys(), ...links.keys()],
    missingHint: isCut ? '; the archive has no mark of its end: it is truncated' : '',
  };
};

/** A file that must be there and be what its digest and size say; `what` names it for people. */
export const checkedMember = (
  contents: Contents,
  path: string,
  { what, ...expected }: Partial<Descriptor> & { what: string },
): Member => {
  const member = contents.find(path);
  if (member === undefined) throw new Damaged(`${what} is missing (${path})${contents.missingHint}`);
  if (expected.size !== undefined && member.size !== expected.size)
    throw new Damaged(`${what} is damaged: ${path} has ${member.size} bytes, not ${expected.size}`);
  if (expected.digest !== undefined && member.digest !== expected.digest)
    throw new Damaged(`${what} is damaged: ${path} has the digest ${member.digest}`);
  return member;
};

/** Reads a file as a JSON document of a known form. */
export const documentOf = <T>(member: Member, schema: z.ZodType<T>, what: string): T => {
  try {
    return schema.parse(JSON.parse(member.text ?? ''));
  } catch (error) {
    throw new Damaged(`${what} is not what it should be: ${member.path} cannot be read as such`, {
      cause: error,
    });
  }
};
