import { type Duration, parseDuration } from '../../../kube/duration.ts';
import type { EvidenceSource, LastWork } from '../recorder.ts';

type Collecting = {
  write: (file: string, content: string | Uint8Array) => Promise<void>;
  isBrief: boolean;
  time?: Duration;
  problems?: Problems;
};
/** One line for each source that could not be read. */
type Problems = string[];
type List = () => Promise<EvidenceSource[]> | EvidenceSource[];

// The maximum time for reading the evidence. It only helps to explain a failure, so it must not delay the run longer.
const suitesTime: Duration = '25s';

const notCollected = 'not-collected.txt';

/**
 * Reads all sources in parallel and writes each into its file. Writes a line to `not-collected.txt` for each source
 * that fails or takes too long. Never throws.
 */
export const collectSources = async (
  list: List,
  { write, isBrief, time = suitesTime, problems = [] }: Collecting,
): Promise<void> => {
  const note = (what: string, error: unknown): void => void problems.push(lineOf(what, error));
  const open = new Set(['the list of what there is to read']);
  const stop = new AbortController();
  const read = async ({ file, read: readSource }: EvidenceSource): Promise<void> => {
    open.add(file);
    try {
      const content = await readSource(stop.signal, { isBrief });
      if (content.length > 0 && !stop.signal.aborted) await write(file, content);
    } catch (error) {
      if (!stop.signal.aborted) note(file, error);
    }
    open.delete(file);
  };
  const readAll = async (): Promise<void> => {
    const sources = await list();
    open.clear();
    await Promise.all(sources.filter(({ always }) => !isBrief || always).map(read));
  };
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    for (const what of open) note(what, `not read within ${time}`);
    stop.abort(new Error('the time to collect evidence is over'));
    resolve();
  }, parseDuration(time));
  await Promise.race([
    late,
    readAll().catch((error: unknown) => note('the list of what there is to read', error)),
  ]);
  clearTimeout(timer);
  if (problems.length > 0) await write(notCollected, `${problems.join('\n')}\n`);
};

/**
 * Does the work that follows the reading of all sources. If it throws, the error becomes a line in
 * `not-collected.txt`. Never throws.
 */
export const collectLast = async (
  { file, work }: LastWork,
  { write, problems, signal }: Pick<Collecting, 'write'> & { problems: Problems; signal: AbortSignal },
): Promise<void> => {
  try {
    await work(signal);
  } catch (error) {
    problems.push(lineOf(file, error));
    await write(notCollected, `${problems.join('\n')}\n`);
  }
};

const lineOf = (what: string, error: unknown): string =>
  `${what}: ${error instanceof Error ? error.message : String(error)}`;
