import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { BrokenStream } from './errors.ts';
import type { createExec, ExecResult, PodTarget } from './exec.ts';

/** Quotes a word for a shell, if necessary. */
export const shellQuote = (word: string): string =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** How long an unused shell stays in its container, in ms. */
const IDLE_MS = 5000;

type Exec = ReturnType<typeof createExec>;

type Shell = {
  run(script: string, args: readonly string[]): Promise<ExecResult>;
  /** It has ended, or its stream broke. */
  readonly hasEnded: boolean;
  end(): void;
};

/** Starts a bash in a container. It runs each script in a subshell, and ends when its input ends. */
const startShell = (exec: Exec, pod: PodTarget): Shell => {
  const endMarker = `corral-${randomUUID()}`;
  const stdin = new Readable({ read: () => {} });
  let hasEnded = false;
  let running: { texts: string[]; tail: string; reached: () => void } | undefined;
  const onStdout = (text: string): void => {
    if (running === undefined) return;
    running.texts.push(text);
    running.tail = (running.tail + text).slice(-endMarker.length - 1);
    if (running.tail === `${endMarker}.`) running.reached();
  };
  const ended = exec(pod, ['bash'], { stdin, onStdout })
    .then(({ stderr, exitCode }) => {
      throw new BrokenStream(
        `the shell in ${pod.namespace}/${pod.name} ended with exit code ${exitCode}: ${stderr.trim()}`,
      );
    })
    .finally(() => {
      hasEnded = true;
    });
  ended.catch(() => {});
  stdin.push('exec 3>&1\n');
  return {
    run: async (script, args) => {
      const reached = Promise.withResolvers<void>();
      const now = { texts: [], tail: '', reached: reached.resolve };
      running = now;
      const given = `set -- ${args.map(shellQuote).join(' ')}; SECONDS=0; eval ${shellQuote(script)}`;
      // Prints the output of the script, the end marker, the exit code, stderr, and the end marker again.
      stdin.push(
        `errors=$( ${given} 2>&1 >&3 3>&- < /dev/null ); printf '%s%s %s%s.' ${endMarker} $? "$errors" ${endMarker}\n`,
      );
      await Promise.race([reached.promise, ended]);
      running = undefined;
      const text = (now.texts as string[]).join('');
      const end = text.lastIndexOf(endMarker, text.length - endMarker.length - 2);
      const [, code, stderr = ''] =
        /^(\d+) (.*)$/s.exec(text.slice(end + endMarker.length, -endMarker.length - 1)) ?? [];
      return { stdout: text.slice(0, end), stderr, exitCode: Number(code) };
    },
    get hasEnded() {
      return hasEnded;
    },
    end: () => void stdin.push(null),
  };
};

/**
 * Returns a function that runs bash scripts in containers. It reuses a bash in the container, because starting a
 * command there costs a node ten times as much as such a script. A script must end by itself and be safe to run twice.
 */
export const createShells = (exec: Exec) => {
  const idle = new Map<string, { shell: Shell; timer: NodeJS.Timeout }[]>();

  const keep = (key: string, shell: Shell): void => {
    const shells = idle.get(key) ?? [];
    const timer = setTimeout(() => {
      shells.splice(shells.indexOf(own), 1);
      if (shells.length === 0) idle.delete(key);
      shell.end();
    }, IDLE_MS);
    const own = { shell, timer };
    shells.push(own);
    idle.set(key, shells);
  };

  return async (pod: PodTarget, script: string, ...args: string[]): Promise<ExecResult> => {
    const key = `${pod.namespace}/${pod.name}/${pod.container ?? ''}`;
    const runIn = async (shell: Shell): Promise<ExecResult> => {
      const result = await shell.run(script, args);
      keep(key, shell);
      return result;
    };
    for (let found = idle.get(key)?.pop(); found !== undefined; found = idle.get(key)?.pop()) {
      clearTimeout(found.timer);
      if (found.shell.hasEnded) continue;
      try {
        return await runIn(found.shell);
      } catch (error) {
        // The container or the stream may have ended while the shell was idle.
        if (!found.shell.hasEnded) throw error;
      }
    }
    return runIn(startShell(exec, pod));
  };
};
