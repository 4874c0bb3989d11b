import { relative } from 'node:path';
import type { Command } from 'commander';
import { describeSymptom } from '../longhorn/bugs/bug.ts';
import { type BugId, bugIds, bugs } from '../longhorn/bugs/bugs.ts';
import { type DifferenceId, differences } from '../longhorn/differences/differences.ts';
import { readReport, reportPath } from '../report/file.ts';
import { composeSteps, occurrencesIn, writeUp } from './bugs/write-up.ts';
import { helpEnd, newCommand, parseFlags, printAndPass, toExitCode } from './command.ts';
import { type ExitCode, usageError } from './exit-code.ts';
import { printableText } from './printable.ts';
import { describeNoReport } from './read-reports.ts';
import { readScenarioFiles } from './traceability/trace.ts';

const exitCodes =
  'Exit codes: 0 printed; 2 there is no such bug, no report in DIR, or that run did not hit the bug.';

/** The scenarios that check the promise of each bug, and the findings that report the bug. */
export const bugReferences = (): Map<BugId, string[]> => {
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

const list = (): ExitCode => {
  const shown = bugReferences();
  return printAndPass(
    bugIds.flatMap((id) => {
      const { title, severity, versions } = bugs[id];
      const where = shown.get(id) ?? [];
      return [
        `${id}: ${severity}, Longhorn ${versions}${issueOf(id) && `, #${issueOf(id)}`}`,
        `  ${title}`,
        `  shown by: ${where.join(', ') || 'no scenario yet'}`,
      ];
    }),
  );
};

/** The number of a bug's issue. Empty if the bug is not reported. */
const issueOf = (id: BugId): string => /\/issues\/(\d+)$/.exec(bugs[id].upstream)?.[1] ?? '';

/** Finds bugs by name or by issue number. Several bugs may have the same issue. */
const idsOf = (text: string): [BugId, ...BugId[]] => {
  const number = /^#?(\d+)$/.exec(text)?.[1];
  const [first, ...others] = bugIds.filter((id) => id === text || issueOf(id) === number);
  if (first === undefined) throw usageError(`there is no bug ${text || "''"}: npx corral bugs lists them`);
  return [first, ...others];
};

const show = (text: string): ExitCode =>
  printAndPass(idsOf(text).flatMap((id, index) => [...(index === 0 ? [] : ['', '']), ...describe(id)]));

const describe = (id: BugId): string[] => {
  const { title, severity, versions, promise, happens, symptoms, upstream, source, seen } = bugs[id];
  return [
    `${id}: ${title}`,
    '',
    `severity: ${severity}`,
    `Longhorn: ${versions}`,
    `promised: ${promise}`,
    `what happens: ${happens}`,
    `symptoms: ${symptoms.map(describeSymptom).join('; or ')}`,
    `shown by: ${bugReferences().get(id)?.join(', ') || 'no scenario yet'}`,
    `source: ${source}`,
    `seen: ${seen}`,
    `upstream: ${upstream}`,
    '',
    ...composeSteps(id),
  ];
};

const report = async (text: string, from: string): Promise<ExitCode> => {
  const [id, ...more] = idsOf(text);
  if (more.length > 0)
    throw usageError(`${text} stands for several bugs: name one of ${[id, ...more].join(', ')}`);
  const path = relative('', reportPath(from));
  const found = await readReport(from).catch((error: unknown) => {
    throw usageError(`--from: ${describeNoReport(path, error)}`);
  });
  if (found === undefined) throw usageError(`--from: there is no ${path}: name the folder of a run`);
  const [first, ...others] = occurrencesIn(found, id);
  if (first === undefined)
    throw usageError(`run ${found.run} did not meet the bug ${id}: nothing in ${path} shows it`);
  return printAndPass(
    (await writeUp(id, { report: found, folder: from, met: [first, ...others] })).map(printableText),
  );
};

/**
 * `npx corral bugs`: lists the known bugs of Longhorn, or writes a bug report from a run. Returns the exit code: 0
 * printed, 2 usage.
 */
export const runBugsCommand = (argv: readonly string[]): Promise<ExitCode> => {
  let work = async (): Promise<ExitCode> => list();
  const program = newCommand('bugs', 'Lists the known bugs of Longhorn, and how each shows.')
    .addHelpText('after', helpEnd(exitCodes))
    .allowExcessArguments()
    .action((_flags, { args: [word] }: Command) => {
      if (word !== undefined)
        throw usageError(
          `there is no command ${word}: npx corral bugs show ID prints everything about a bug`,
        );
    });
  const sub = (name: string, about: string): Command =>
    program
      .command(name)
      .description(about)
      .argument('<id>', 'its name, or the number of its issue, as npx corral bugs lists them');
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
