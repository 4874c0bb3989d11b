import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Command } from 'commander';
import { newCommand, parseFlags, toExitCode } from '../../e2e/cli/command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from '../../e2e/cli/exit-code.ts';
import { type Duration, formatDuration, parseDuration } from '../../e2e/kube/duration.ts';
import { type MeasuredCommand, measured, readTimes, timesPath } from '../../e2e/machine/times.ts';
import { measureBuild, measureStart } from './lab.ts';

type Seconds = Partial<Record<MeasuredCommand, number>>;

/** Runs an npm script with its output, and returns the seconds. Throws if the exit code is not 0. */
const timed = async (...words: string[]): Promise<number> => {
  const start = performance.now();
  const [code] = (await once(spawn('npm', words, { stdio: 'inherit' }), 'exit')) as [number | null];
  if (code !== 0)
    throw new CommandError(
      `npm ${words.join(' ')} ended with exit code ${code}: a time is only kept of what passed`,
      exitCode.failed,
    );
  return (performance.now() - start) / 1000;
};

/** How each time is measured. The build comes last, because it changes the cache folders of this process. */
const ways: Record<MeasuredCommand, (print: (line: string) => void) => Promise<Seconds>> = {
  nodes: measureStart,
  emulator: measureStart,
  e2e: async () => ({ e2e: await timed('run', 'e2e') }),
  'e2e-all': async () => ({ 'e2e-all': await timed('run', 'e2e', '--', '--all') }),
  test: async () => ({ test: await timed('test') }),
  conformance: async () => ({ conformance: await timed('run', 'conformance') }),
  mutants: async () => ({ mutants: await timed('run', 'mutants') }),
  build: async (print) => ({ build: await measureBuild(print) }),
};

const order = Object.keys(ways) as MeasuredCommand[];

type TimesRequest = { measure: Set<MeasuredCommand>; given: Seconds; add: boolean; from: string | undefined };

const program = (): Command =>
  newCommand(
    'bench times',
    `Measures how long the commands in the documents take, and writes the times to fixtures/times.json: ${measured.join(', ')}.`,
  )
    .argument('<what...>', 'what to measure (e2e), or a time that was measured already (e2e=540s)')
    .option('--add', 'keep the times that are there beside the new ones, as of another machine')
    .option('--from <text>', 'where times that are given come from', 'measured by hand')
    .addHelpText('after', '\nnpm run docs then writes them into the documents.');

const isMeasured = (name: string): name is MeasuredCommand => measured.some((each) => each === name);

const read = (argv: readonly string[]): TimesRequest => {
  const command = program();
  parseFlags(command, argv);
  const { add = false, from } = command.opts<{ add?: true; from: string }>();
  const request: TimesRequest = { measure: new Set(), given: {}, add, from };
  for (const word of command.args) {
    const [name = '', duration] = word.split('=');
    if (!isMeasured(name))
      throw usageError(`${word}: nothing of that name is measured; there are: ${measured.join(', ')}`);
    if (duration === undefined) request.measure.add(name);
    else if (/^\d+(\.\d+)?(ms|s|m|h)$/.test(duration))
      request.given[name] = parseDuration(duration as Duration) / 1000;
    else throw usageError(`${word}: give a time as ${name}=540s or ${name}=9m`);
  }
  return request;
};

const describeMachine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model.trim() || 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

const write = (seconds: Seconds, { add, from }: { add: boolean; from: string }): void => {
  if (Object.keys(seconds).length === 0) return;
  const times = readTimes();
  const commit = execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], { encoding: 'utf8' }).trim();
  const circumstances = {
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
    commit,
    from,
  };
  for (const [name, value] of Object.entries(seconds) as [MeasuredCommand, number][]) {
    const one = { seconds: Math.round(value * 10) / 10, ...circumstances };
    times[name] = [...(add ? times[name] : []), one];
    process.stdout.write(`${name}: ${formatDuration(value * 1000)}\n`);
  }
  writeFileSync(timesPath, `${JSON.stringify(times, null, 2)}\n`);
};

/** `npm run bench -- times`: returns the exit code. Each time is written as soon as it is known. */
export const benchTimes = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('bench times', async () => {
    const { measure, given, add, from = '' } = read(argv);
    write(given, { add, from });
    const left = new Set(measure);
    for (const name of order) {
      if (!left.has(name)) continue;
      const seconds = await ways[name]((line) => void process.stdout.write(`${line}\n`));
      const wanted = Object.entries(seconds).filter(([each]) => left.delete(each as MeasuredCommand));
      write(Object.fromEntries(wanted), { add, from: 'npm run bench -- times' });
    }
    return exitCode.passed;
  });
