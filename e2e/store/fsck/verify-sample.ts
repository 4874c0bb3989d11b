import type { StoreSource } from '../format/source.ts';
import type { BlockJob, VerifyBlocks } from './check-blocks.ts';
import { largestBlock, largestFile, problemOfReading, verifyBlock } from './verify-block.ts';

/**
 * Looks into some of the blocks, spread over all, of not more than so many bytes on disk: for a store that is
 * read over a slow way.
 */
export const verifySample =
  (source: StoreSource, bytes: number): VerifyBlocks =>
  async (jobs, wrong) => {
    const scratch = new Uint8Array(largestBlock);
    for (const job of spread([...jobs], bytes)) {
      try {
        const problem = verifyBlock(await source.read(job.path, largestFile), job, scratch);
        if (problem !== undefined) wrong(job.checksum, problem);
      } catch (error) {
        wrong(job.checksum, problemOfReading(error));
      }
    }
  };

const spread = (jobs: BlockJob[], bytes: number): BlockJob[] => {
  const all = jobs.reduce((sum, { fileSize }) => sum + fileSize, 0);
  let passed = 0;
  let taken = 0;
  return jobs.filter(({ fileSize }) => {
    passed += fileSize;
    // As much of what was passed as of the whole, and never more than asked for.
    if (taken + fileSize > Math.min(bytes, (passed / all) * bytes)) return false;
    taken += fileSize;
    return true;
  });
};
