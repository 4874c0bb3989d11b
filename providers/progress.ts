import { Listr, type ListrTask } from 'listr2';
import { formatDuration } from '../e2e/kube/duration.ts';
import { canRedraw } from '../e2e/machine/terminal.ts';
import type { ProgressDisplay } from './provider.ts';

const timed = (title: string, start: number): string =>
  `${title}: ${formatDuration(performance.now() - start)}`;

type RunningStep = { title: string; start: number; detail?: string };

/** Longest time without output during a step, in ms. */
const SILENT_MS = 10_000;

/**
 * Progress as plain lines for logs and pipes: one at the start and one at the end of a step, and one every 10
 * s with all running steps.
 */
export const plainProgress = (write: (line: string) => void): ProgressDisplay => {
  const runningSteps = new Set<RunningStep>();
  let timer: NodeJS.Timeout | undefined;
  const writeRunningSteps = (): void => {
    const all = [...runningSteps].map(({ title, start, detail }) =>
      detail === undefined ? timed(title, start) : `${timed(title, start)}, ${detail}`,
    );
    write(`... ${all.join('; ')}`);
  };
  return {
    note: write,
    step: async (title, work) => {
      const shown: RunningStep = { title, start: performance.now() };
      write(`${title} ...`);
      runningSteps.add(shown);
      timer ??= setInterval(writeRunningSteps, SILENT_MS).unref();
      try {
        const result = await work((detail) => {
          shown.detail = detail;
        });
        write(timed(title, shown.start));
        return result;
      } catch (error) {
        const { detail } = shown;
        write(`${timed(title, shown.start)}, failed${detail === undefined ? '' : ` at: ${detail}`}`);
        throw error;
      } finally {
        runningSteps.delete(shown);
        if (runningSteps.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
  };
};

/** A step in the list. Its title gets the duration when it ends. */
type ListedStep = { title: string; ended: Promise<unknown>; show: (detail: string) => void };

const toTask = (shown: ListedStep): ListrTask => ({
  title: shown.title,
  task: async (_, task) => {
    shown.show = (detail) => {
      task.output = detail;
    };
    // The caller of the step gets the error itself. The list only displays the failure.
    await shown.ended.finally(() => {
      task.title = shown.title;
    });
  },
});

/** Progress as a live list. Steps that start together are displayed together, steps that start later after them. */
const liveProgress = (): ProgressDisplay => {
  const waiting: ListedStep[] = [];
  const notes: string[] = [];
  const writeNotes = (): void => {
    for (const text of notes.splice(0)) process.stdout.write(`${text}\n`);
  };
  let running = 0;
  let display: Promise<void> | undefined;

  const showAll = async () => {
    // Collects steps that start in the same turn into one list.
    await Promise.resolve();
    while (waiting.length > 0) {
      // The command handles signals: listr would exit at once, with a partly created cluster.
      const list = new Listr(waiting.splice(0).map(toTask), {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: { showErrorMessage: false, collapseErrors: false },
      });
      await list.run();
    }
    writeNotes();
    display = undefined;
  };

  return {
    note: (text) => {
      notes.push(text);
      if (display === undefined) writeNotes();
    },
    step: async (title, work) => {
      const start = performance.now();
      const shown: ListedStep = { title, ended: Promise.resolve(), show: () => {} };
      const ended = work((detail) => shown.show(detail));
      shown.ended = ended;
      waiting.push(shown);
      running += 1;
      display ??= showAll();
      try {
        return await ended;
      } finally {
        running -= 1;
        shown.title = timed(title, start);
        // Waits, so that later output does not appear inside a list that is still drawn.
        if (running === 0) await display;
      }
    },
  };
};

/** Chooses the form of progress for an output. A live list is only drawn on stdout. */
export const createProgress = (stream: NodeJS.WriteStream = process.stdout): ProgressDisplay =>
  stream === process.stdout && canRedraw(stream)
    ? liveProgress()
    : plainProgress((line) => void stream.write(`${line}\n`));
