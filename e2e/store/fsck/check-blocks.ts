import { blockPath } from '../format/layout.ts';
import type { References } from './check-backups.ts';
import { type Findings, findingCodes, type StoreSeverity } from './findings.ts';
import type { Owner } from './leftovers.ts';
import { type BlockExpectation, type BlockProblem, largestFile } from './verify-block.ts';

/** A block to verify. */
export type BlockJob = BlockExpectation & {
  path: string;
  /** In bytes, on disk. */
  fileSize: number;
};

/** Verifies blocks in any order. Calls `wrong` for each problem. */
export type VerifyBlocks = (
  jobs: Iterable<BlockJob>,
  wrong: (checksum: string, problem: BlockProblem) => void,
) => Promise<void>;

type Check = {
  owner: Owner;
  references: References;
  findings: Findings;
  verify: VerifyBlocks | undefined;
  /** The names of the owners that refer to blocks, by checksum. */
  usersOf: (checksums: ReadonlySet<string>) => Promise<ReadonlyMap<string, string[]>>;
};

type Files = { folder: string; blocks: ReadonlyMap<string, number> };

/**
 * Checks the content of all blocks in a folder, including those that nothing refers to. Without `verify` it checks
 * only their sizes on disk.
 */
export const checkBlocks = async (
  files: Files,
  { owner, references, findings, verify, usersOf }: Check,
): Promise<void> => {
  const wrong = new Map<string, BlockProblem>();
  const jobs: BlockJob[] = [];
  for (const [checksum, fileSize] of files.blocks) {
    const job = {
      checksum,
      fileSize,
      path: pathOf(files, checksum),
      ...(references.blocks.get(checksum) ?? { method: undefined, size: undefined }),
    };
    const problem = problemOfSize(fileSize);
    if (problem === undefined) jobs.push(job);
    else wrong.set(checksum, problem);
  }
  await verify?.(jobs, (checksum, problem) => wrong.set(checksum, problem));
  if (wrong.size === 0) return;

  const users = await usersOf(new Set(wrong.keys()));
  for (const [checksum, { code, message }] of wrong) {
    const used = users.get(checksum);
    const report = (usedBy: string, severity: StoreSeverity) =>
      findings.add(code, pathOf(files, checksum), `block ${checksum} ${message}; ${usedBy}`, severity);
    // An unreferenced block is garbage, whatever its content. A referenced block that disappeared is missing.
    if (used === undefined) report(`no ${owner} that can be read refers to it`, 'warning');
    else {
      const severity = code === 'changed-meanwhile' ? 'error' : findingCodes[code];
      report(
        `${owner}${used.length === 1 ? '' : 's'} ${some(used)} ${used.length === 1 ? 'refers' : 'refer'} to it`,
        severity,
      );
    }
  }
};

const pathOf = ({ folder }: Files, checksum: string): string => `${folder}/${blockPath(checksum)}`;

const problemOfSize = (size: number): BlockProblem | undefined => {
  if (size === 0) return { code: 'block-empty', message: 'is empty' };
  if (size > largestFile)
    return { code: 'block-too-large', message: `is too large to be one: ${size} bytes on disk` };
  return undefined;
};

const some = (names: string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
