import { text as readAll } from 'node:stream/consumers';
import { readLogLine } from '../longhorn/messages/log-line.ts';
import { type Meaning, meaningsOf } from '../longhorn/messages/look-up.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { type Arguments, parseExplain } from './explain/arguments.ts';
import { tellJson, tellMeanings } from './explain/tell.ts';

const unclassified = 'unclassified: the catalogue knows no such text';

const find = (text: string, { where }: Arguments): Meaning[] => {
  // A whole line of a log says itself at which level it was logged.
  const logged = readLogLine('manager', text)?.message;
  if (logged === undefined) return meaningsOf(text, where);
  const { isField = () => true } = where;
  return meaningsOf(logged.text, { ...where, isField: (field) => isField(field) && field === logged.field });
};

const explain = async (args: Arguments): Promise<ExitCode> => {
  const text = (args.text === '-' ? await readAll(process.stdin) : args.text).trim();
  if (text === '') throw usageError('the text is empty: give what Longhorn said, or - to read it from the standard input');
  const meanings = find(text, args);
  const narrowed = Object.keys(args.where).length > 0 && meaningsOf(text).length > 0;
  if (args.json) process.stdout.write(`${tellJson(text, meanings)}\n`);
  else if (meanings.length > 0) process.stdout.write(`${tellMeanings(meanings).join('\n')}\n`);
  else process.stdout.write(`${unclassified}${narrowed ? ' in that field, state and version; without the flags it knows it' : ''}\n`);
  return meanings.length > 0 ? exitCode.passed : exitCode.failed;
};

/** `npm run explain`: tells what a text of Longhorn means. Returns the exit code: 0 known, 1 unclassified, 2 usage. */
export const runExplainCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  try {
    const args = parseExplain(argv);
    return args === undefined ? exitCode.passed : await explain(args);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`explain: ${error.message}\n`);
    return error.exitCode;
  }
};
