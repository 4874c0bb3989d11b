import { Command, CommanderError } from 'commander';
import { NotFit } from '../not-fit.ts';
import type { Step } from '../step.ts';
import { type Commands, forLab, interruptedExitCode, print } from './commands.ts';
import { down } from './down.ts';
import { faultCommands } from './faults.ts';
import { imagesCommand } from './images.ts';
import { logs } from './logs.ts';
import { pruneCommand } from './prune.ts';
import { shell } from './shell.ts';
import { status } from './status.ts';
import { upCommand } from './up.ts';

const makeProgram = (step: Step): Command => {
  const program = new Command('npm run lab --').description('A real three-node Kubernetes in user space: no Docker, no KVM, no root.');
  program
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .helpCommand(false);
  const commands: Commands = { program, step, onLab: (usage, description) => forLab(program.command(usage).description(description)) };
  const { onLab } = commands;
  upCommand(commands);
  onLab('down', 'take a lab down').action(async ({ name }) => {
    print((await down(name)) ? `The lab ${name} is down.` : `No lab named ${name} was up.`);
  });
  program
    .command('status')
    .description('the labs that are up, and their nodes')
    .action(async () => print(...(await status())));
  onLab('shell <node>', "a root shell on a node's console").action((node, { name }) => shell(name, node));
  onLab('logs <what>', 'the log of a process of the lab, or of a node').action((what, { name }) => logs(name, what));
  faultCommands(commands);
  imagesCommand(commands);
  pruneCommand(commands);
  return program;
};

/** What its caller brings: how steps are shown, and what ends a command that was called wrongly before it reads its flags. */
type Callers = { step: Step; check: (command: Command, argv: readonly string[]) => Command };

/** Runs the lab's command and returns its exit code: 0 done, 1 it failed, 2 usage, 3 this machine is not fit, 4 interrupted. */
export const runLabCommand = async (argv: readonly string[], { step, check }: Callers): Promise<number> => {
  const complain = (message: string) => process.stderr.write(`lab: ${message}\n`);
  try {
    await check(makeProgram(step), argv).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      complain(
        error.code === 'commander.help'
          ? 'name a command: up, down, status, shell NODE or logs WHAT; npm run lab -- --help lists them all'
          : error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '),
      );
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    complain(message);
    if (error instanceof NotFit) return 3;
    return message.startsWith('interrupted by') ? interruptedExitCode : 1;
  }
};
