import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StoreSource } from '../format/source.ts';
import type { WorkerAnswer, WorkerJob } from './block-worker.ts';
import type { BlockJob, VerifyBlocks } from './check-blocks.ts';
import { type BlockProblem, largestFile, problemOfReading } from './verify-block.ts';

/** Threads that verify the blocks of a store. */
type BlockPool = {
  verify: VerifyBlocks;
  /** Terminates the threads at once. */
  close(): Promise<void>;
};

// Large enough that a thread rarely waits for its next message, small enough that all threads finish at about the
// same time.
const batchSize = 16;

// The source limits its own requests. More fetches than that would only wait.
const fetchesAtOnce = 16;

// Blocks fetched in advance for each thread, so that a thread finds the next one when it is done.
const fetchedAhead = 2;

/**
 * Opens a pool. The default is one thread for each processor of this process. `checked` is called with the number of
 * blocks that were verified. For a store on this machine the threads open the files. For any other store the blocks
 * are fetched, a limited number at a time.
 */
export const openBlockPool = ({
  source,
  threads = availableParallelism(),
  checked = () => {},
}: {
  source: StoreSource;
  threads?: number;
  checked?: (blocks: number) => void;
}): BlockPool => {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./block-worker.ts', import.meta.url)),
  );
  const { localPath } = source;
  return {
    verify: localPath
      ? verifyHere(workers, { localPath, checked })
      : verifyFetched(workers, { source, checked }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

type Checked = { checked: (blocks: number) => void };

const verifyHere =
  (
    workers: Worker[],
    { localPath, checked }: Checked & { localPath: (path: string) => string },
  ): VerifyBlocks =>
  async (jobs, wrong) => {
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
  };

// Each worker function handles one block at a time, from the request until a thread is done with it.
const verifyFetched =
  (workers: Worker[], { source, checked }: Checked & { source: StoreSource }): VerifyBlocks =>
  async (jobs, wrong) => {
    const idle = [...workers];
    const waiting: ((worker: Worker) => void)[] = [];
    const verify = async ({ path, checksum, method, size }: BlockJob): Promise<BlockProblem | undefined> => {
      const file = await source.read(path, largestFile);
      const worker = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
      try {
        const [problem] = await ask(worker, [{ file, checksum, method, size }]);
        return problem;
      } finally {
        const next = waiting.shift();
        if (next === undefined) idle.push(worker);
        else next(worker);
      }
    };
    const all = eachOf(jobs);
    const hand = async (): Promise<void> => {
      for (const job of all) {
        const problem = await verify(job).catch(problemOfReading);
        if (problem !== undefined) wrong(job.checksum, problem);
        checked(1);
      }
    };
    await Promise.all(Array.from({ length: fetchesAtOnce + fetchedAhead * workers.length }, hand));
  };

// A wrapper generator: if one worker function fails, the iteration ends for all of them.
const eachOf = function* (jobs: Iterable<BlockJob>): Generator<BlockJob> {
  yield* jobs;
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
  worker.postMessage(jobs, jobs.flatMap(memoryOf));
  return promise.finally(() => worker.off('message', resolve).off('error', reject).off('exit', ended));
};

// A buffer that owns its whole memory is transferred to the thread. Others are copied.
const memoryOf = ({ file }: WorkerJob): ArrayBuffer[] =>
  typeof file !== 'string' && file.buffer instanceof ArrayBuffer && file.length === file.buffer.byteLength
    ? [file.buffer]
    : [];
