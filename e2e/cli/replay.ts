import { Command } from 'commander';
import { agrees, type Judged, judgeAgain, wentWell } from '../suite/evidence/replay/judge-again.ts';
import { describe, makeStep } from '../suite/steps/states.ts';
import { asksForHelp } from './arguments/asks-for-help.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { type Found, readHistories } from './replay/read-histories.ts';
import { tellHistory, tellJudged } from './replay/tell-judged.ts';

const usage = 'name one or more of: history.ndjson, a bundle (*.tar.gz), a folder with such files';

const program = new Command('npm run replay --')
  .description('Judges what was expected in recorded histories again, by the code of this version and without a cluster.')
  .argument('<path...>', 'a history.ndjson, a bundle (*.tar.gz), or a folder with such files');

/**
 * `npm run replay -- FILE...`: judges what was expected in recorded histories again, by the code of this version and without a cluster.
 * Returns the exit code: 0 when everything agrees with the record and was as it was meant to be, 1 when something was not, as recorded,
 * 4 when something is judged otherwise now, 2 for arguments and files that are no histories.
 */
export const runReplayCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  if (asksForHelp(argv)) {
    process.stdout.write(program.helpInformation());
    return exitCode.passed;
  }
  try {
    const unknown = argv.find((argument) => argument.startsWith('-'));
    if (unknown !== undefined) throw usageError(`there is no flag ${unknown}; ${usage}`);
    if (argv.length === 0) throw usageError(usage);
    const found: Found[] = [];
    for (const path of argv) found.push(...(await readHistories(path)));
    const judged = found.flatMap(judgeOne);
    print(summary(found.length, judged));
    if (judged.some((each) => agrees(each) === false)) return exitCode.differs;
    return judged.some((each) => wentWell(each) === false) ? exitCode.failed : exitCode.passed;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`replay: ${error.message}\n`);
    return error.exitCode;
  }
};

const print = (...lines: string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

const judgeOne = ({ path, recording }: Found): Judged[] => {
  const judged = judge(path, recording);
  print(...tellHistory(recording, path), ...judged.flatMap(tellJudged));
  if (judged.length === 0) print('  nothing was expected in it: there is nothing to judge');
  print('');
  return judged;
};

// A line that is not as it must be is found only when it is its turn.
const judge = (path: string, recording: Found['recording']): Judged[] => {
  try {
    return judgeAgain(recording, { makeStep, describe });
  } catch (error) {
    throw usageError(`${path} cannot be judged again: ${(error as Error).message.split('\n')[0]}`);
  }
};

const summary = (histories: number, judged: readonly Judged[]): string => {
  const count = (is: (each: Judged) => boolean): number => judged.filter(is).length;
  const again = count(({ now }) => now !== undefined);
  const parts = [
    `${again} judged again`,
    `${count((each) => agrees(each) === true)} as recorded`,
    `${count((each) => agrees(each) === false)} otherwise`,
    ...(again < judged.length ? [`${judged.length - again} not judged again`] : []),
  ];
  return `${histories} ${histories === 1 ? 'history' : 'histories'}: ${parts.join(', ')}`;
};
