import { relative } from 'node:path';
import type { Command } from 'commander';
import { describeShown } from '../longhorn/bugs/bug.ts';
import { type BugId, bugIds, bugs } from '../longhorn/bugs/bugs.ts';
import { type DifferenceId, differences } from '../longhorn/differences/differences.ts';
import { readReport, reportPath } from '../report/file.ts';
import { composeSteps, metIn, writeUp } from './bugs/write-up.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';
import { whyNoReport } from './read-reports.ts';
import { readScenarioFiles } from './traceability/trace.ts';

const exitCodes = `
Exit codes: 0 told; 2 there is no such bug, no report in DIR, or that run did not meet the bug.`;

/** The scenarios that play the promise of each bug, and the findings that tell of it in others. */
export const whereShown = (): Map<BugId, string[]> => {
  const scenarios = [...readScenarioFiles().values()].flatMap((file) => file.scenarios);
  const findings = Object.keys(differences) as DifferenceId[];
  return new Map(
    bugIds.map((id) => [
      id,
      [
        ...scenarios.filter(({ kept }) => kept.includes(id)).map(({ name }) => `"${name}"`),
        ...findings.filter((each) => differences[each].bug === id).map((each) => `the finding ${each}`),
      ],
    ]),
  );
};

const print = (lines: readonly string[]): ExitCode => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return exitCode.passed;
};

const list = (): ExitCode => {
  const shown = whereShown();
  return print(
    bugIds.flatMap((id) => {
      const { title, severity, versions } = bugs[id];
      const where = shown.get(id) ?? [];
      return [
        `${id}: ${severity}, Longhorn ${versions}`,
        `  ${title}`,
        `  shown by: ${where.join(', ') || 'no scenario yet'}`,
      ];
    }),
  );
};

const idOf = (text: string): BugId => {
  const found = bugIds.find((id) => id === text);
  if (found === undefined) throw usageError(`there is no bug ${text || "''"}: npx corral bugs lists them`);
  return found;
};

const show = (text: string): ExitCode => {
  const id = idOf(text);
  const { title, severity, versions, promise, happens, symptoms, upstream, source, seen } = bugs[id];
  return print([
    `${id}: ${title}`,
    '',
    `severity: ${severity}`,
    `Longhorn: ${versions}`,
    `promised: ${promise}`,
    `happens: ${happens}`,
    `shows so: ${symptoms.map(describeShown).join('; or ')}`,
    `shown by: ${whereShown().get(id)?.join(', ') || 'no scenario yet'}`,
    `source: ${source}`,
    `met: ${seen}`,
    `upstream: ${upstream}`,
    '',
    ...composeSteps(id),
  ]);
};

const report = async (text: string, from: string): Promise<ExitCode> => {
  const id = idOf(text);
  const path = relative('', reportPath(from));
  const found = await readReport(from).catch((error: unknown) => {
    throw usageError(`--from: ${path} is no report of this release: ${whyNoReport(error).slice(0, 300)}`);
  });
  if (found === undefined) throw usageError(`--from: there is no ${path}: name the folder of a run`);
  const [first, ...others] = metIn(found, id);
  if (first === undefined)
    throw usageError(`run ${found.run} did not meet the bug ${id}: nothing in ${path} shows it`);
  return print(await writeUp(id, { report: found, folder: from, met: [first, ...others] }));
};

/**
 * `npx corral bugs`: tells of the known bugs of Longhorn, and writes one up as a run met it. Returns the exit
 * code: 0 told, 2 usage.
 */
export const runBugsCommand = (argv: readonly string[]): Promise<ExitCode> => {
  let work = async (): Promise<ExitCode> => list();
  const program = newCommand('bugs', 'Lists the known bugs of Longhorn, and how each shows.')
    .addHelpText('after', exitCodes)
    .action(() => {});
  const sub = (name: string, about: string): Command =>
    program.command(name).description(about).argument('<id>', 'its name, as npx corral bugs lists it');
  sub('show', 'print everything about one bug').action((id: string) => {
    work = async () => show(id);
  });
  sub(
    'report',
    'write a report of a bug that a run hit, to file upstream: without secrets, addresses and names',
  )
    .requiredOption('--from <dir>', 'the results folder of that run')
    .action((id: string, { from }: { from: string }) => {
      work = () => report(id, from);
    });
  return toExitCode('bugs', () => {
    parseFlags(program, argv);
    return work();
  });
};
