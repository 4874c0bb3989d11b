import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LocalSource } from '../format/source.ts';
import type { WorkerAnswer, WorkerJob } from './block-worker.ts';
import type { BlockJob, VerifyBlocks } from './check-blocks.ts';

/** Threads that look into the blocks of a store on this machine. */
export type BlockPool = {
  verify: VerifyBlocks;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
};

// Enough that a thread hardly ever waits for its next message, few enough that the last ones end together.
const batchSize = 16;

/**
 * Opens a pool, by default of one thread for each processor that this process may use; `checked` is told how
 * many blocks were done. `localPath` is the source's.
 */
export const openBlockPool = ({
  localPath,
  threads = availableParallelism(),
  checked = () => {},
}: Pick<LocalSource, 'localPath'> & { threads?: number; checked?: (blocks: number) => void }): BlockPool => {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./block-worker.ts', import.meta.url)),
  );
  return {
    verify: async (jobs, wrong) => {
      const batches = inBatches(jobs);
      await Promise.all(
        workers.map(async (worker) => {
          for (const batch of batches) {
            const problems = await ask(
              worker,
              batch.map(({ path, checksum, method, size }) => ({
                file: localPath(path),
                checksum,
                method,
                size,
              })),
            );
            for (const [index, { checksum }] of batch.entries()) {
              const problem = problems[index];
              if (problem !== undefined) wrong(checksum, problem);
            }
            checked(batch.length);
          }
        }),
      );
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

const inBatches = function* (jobs: Iterable<BlockJob>): Generator<BlockJob[]> {
  let batch: BlockJob[] = [];
  for (const job of jobs) {
    batch.push(job);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
};

const ask = (worker: Worker, jobs: WorkerJob[]): Promise<WorkerAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
  const ended = (code: number) =>
    reject(new Error(`a thread that checks blocks ended with exit code ${code}`));
  worker.once('message', resolve).once('error', reject).once('exit', ended);
  worker.postMessage(jobs);
  return promise.finally(() => worker.off('message', resolve).off('error', reject).off('exit', ended));
};
