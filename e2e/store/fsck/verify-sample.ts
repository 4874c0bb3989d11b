import type { StoreSource } from '../format/source.ts';
import type { BlockJob, VerifyBlocks } from './check-blocks.ts';
import { largestBlock, largestFile, problemOfReading, verifyBlock } from './verify-block.ts';

/**
 * Verifies a sample of the blocks, spread evenly, of at most `bytes` bytes on disk. For stores with a slow connection.
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
    // The share of the sample that is used must not exceed the share of blocks that was passed.
    if (taken + fileSize > Math.min(bytes, (passed / all) * bytes)) return false;
    taken += fileSize;
    return true;
  });
};
