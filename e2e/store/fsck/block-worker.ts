import { parentPort } from 'node:worker_threads';
import { readInto } from '../format/read-file.ts';
import {
  type BlockExpectation,
  type BlockProblem,
  largestBlock,
  largestFile,
  problemOfReading,
  verifyBlock,
} from './verify-block.ts';

/** A block to verify. `file` is its content, or its path on this machine. */
export type WorkerJob = BlockExpectation & { file: string | Uint8Array };

/** The results of a batch, in its order. Undefined means that a block is sound. */
export type WorkerAnswer = (BlockProblem | undefined)[];

// Buffers of this thread. There are two, so that the next file is read while a block is decompressed and hashed.
const scratch = new Uint8Array(largestBlock);
const buffers = [new Uint8Array(largestFile), new Uint8Array(largestFile)] as const;

const read = async (job: WorkerJob | undefined, buffer: Uint8Array): Promise<Uint8Array | BlockProblem> => {
  if (job === undefined) return buffer;
  if (typeof job.file !== 'string') return job.file;
  try {
    return buffer.subarray(0, (await readInto(job.file, buffer)).read);
  } catch (error) {
    return problemOfReading(error);
  }
};

const verify = async (jobs: WorkerJob[]): Promise<WorkerAnswer> => {
  const answer: WorkerAnswer = [];
  let next = read(jobs[0], buffers[0]);
  for (const [index, job] of jobs.entries()) {
    const file = await next;
    next = read(jobs[index + 1], buffers[index % 2 === 0 ? 1 : 0]);
    answer.push(file instanceof Uint8Array ? verifyBlock(file, job, scratch) : file);
  }
  return answer;
};

parentPort?.on('message', async (jobs: WorkerJob[]) => parentPort?.postMessage(await verify(jobs)));
