import { Option } from 'commander';
import { newCommand, outputOption, parseFlags, printAndPass, toExitCode } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import {
  countStatuses,
  type DocumentedPromise,
  type PromiseSubject,
  readPromises,
  statuses,
} from './promises/map.ts';

const about = "Lists what Longhorn's documents promise about backups, and how much of it the scenarios test.";

type Filter = { subject?: string; status?: string; severity?: string };

const isWanted = ({ status, severity }: DocumentedPromise, filter: Filter): boolean =>
  (filter.status ?? status) === status && (filter.severity ?? String(severity)) === String(severity);

const select = (subjects: readonly PromiseSubject[], filter: Filter): PromiseSubject[] =>
  subjects
    .filter(({ name }) => (filter.subject ?? name) === name)
    .map((subject) => ({ ...subject, promises: subject.promises.filter((each) => isWanted(each, filter)) }))
    .filter(({ promises }) => promises.length > 0);

/** A row of counts for each subject, and one for all. */
const summarize = (subjects: readonly PromiseSubject[]): string[] => {
  const count = (promises: readonly DocumentedPromise[]) => [...countStatuses(promises), promises.length];
  const rows = [
    ['', ...statuses, 'all'],
    ...subjects.map(({ name, promises }) => [name, ...count(promises)]),
    ['all', ...count(subjects.flatMap(({ promises }) => promises))],
  ].map((cells) => cells.map(String));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const pad = (text: string, column: number): string => {
    const width = widths?.[column] ?? 0;
    return column === 0 ? text.padEnd(width) : text.padStart(width);
  };
  return rows.map((cells) => cells.map(pad).join('  '));
};

const describe = (promise: DocumentedPromise): string[] => [
  `${promise.id}: ${promise.status}, severity ${promise.severity}, since ${promise.since}`,
  `  ${promise.promise}`,
  ...('bugs' in promise ? [`  known bugs: ${promise.bugs.join(', ')}`] : []),
  ...Object.entries(('proof' in promise && promise.proof) || {}).map(
    ([path, steps]) => `  judged by: ${path} (${steps.join(', ')})`,
  ),
  ...('missing' in promise && promise.missing !== undefined ? [`  missing: ${promise.missing}`] : []),
  ...('why' in promise ? [`  because: ${promise.why}`] : []),
  ...(promise.note === undefined ? [] : [`  read, not met: ${promise.note}`]),
  `  source: ${promise.source.join('; ')}`,
];

/**
 * `npx corral promises`: prints by subject how many promises of Longhorn's documents are judged. With a filter it
 * also lists the matching promises. Returns the exit code: 0 printed, 2 usage.
 */
export const runPromisesCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('promises', () => {
    const all = readPromises();
    const severities = ['1', '2', '3', '4', '5'];
    const command = newCommand('promises', about)
      .addOption(
        new Option('--subject <name>', 'list those about a subject').choices(all.map(({ name }) => name)),
      )
      .addOption(new Option('--status <status>', 'list those with a status').choices([...statuses]))
      .addOption(
        new Option(
          '--severity <number>',
          'list those with a severity; 5: data are lost, or a failure is reported to nobody',
        ).choices(severities),
      )
      .addOption(outputOption());
    parseFlags(command, argv);
    const { output, ...filter } = command.opts<Filter & { output: 'text' | 'json' }>();
    const wanted = select(all, filter);
    const rows = wanted.flatMap(({ name, promises }) => promises.map((each) => ({ subject: name, ...each })));
    const listed = Object.keys(filter).length > 0 ? [...rows.flatMap(describe), ''] : [];
    const lines = output === 'json' ? [JSON.stringify(rows, null, 2)] : [...listed, ...summarize(wanted)];
    return printAndPass(lines);
  });
