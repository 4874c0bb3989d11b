import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { NotFit } from '../not-fit.ts';
import type { Step } from '../step.ts';
import { up } from '../up.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { shell } from './shell.ts';
import { status } from './status.ts';

const labName = (value: string): string => {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(value)) throw new InvalidArgumentError('use up to 31 small letters, digits and dashes.');
  return value;
};

const print = (...lines: string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

const bringUp = async (name: string, step: Step): Promise<void> => {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
  const lab = await up({ name, step, signal: interrupted.signal });
  lab.keep();
  print(
    `The lab ${name} is up:`,
    `  export KUBECONFIG=${lab.kubeconfig}`,
    `  npm run lab -- down${name === 'lab' ? '' : ` --name ${name}`}`,
  );
};

const makeProgram = (step: Step): Command => {
  const program = new Command('npm run lab --').description('A real three-node Kubernetes in user space: no Docker, no KVM, no root.');
  program
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .helpCommand(false);
  const command = (usage: string, description: string) =>
    program.command(usage).description(description).option('--name <name>', 'which lab', labName, 'lab');
  command('up', 'build what is missing and start a lab').action(({ name }) => bringUp(name, step));
  command('down', 'take a lab down').action(async ({ name }) => {
    print((await down(name)) ? `The lab ${name} is down.` : `No lab named ${name} was up.`);
  });
  program
    .command('status')
    .description('the labs that are up, and their nodes')
    .action(async () => print(...(await status())));
  command('shell <node>', "a root shell on a node's console").action((node, { name }) => shell(name, node));
  command('logs <what>', 'the log of a process of the lab, or of a node').action((what, { name }) => logs(name, what));
  return program;
};

/** Runs the lab's command and returns its exit code: 0 done, 1 it failed, 2 usage, 3 this machine is not fit, 4 interrupted. */
export const runLabCommand = async (argv: readonly string[], step: Step): Promise<number> => {
  const complain = (message: string) => process.stderr.write(`lab: ${message}\n`);
  try {
    await makeProgram(step).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      complain(
        error.code === 'commander.help'
          ? 'name a command: up, down, status, shell NODE or logs WHAT'
          : error.message.replace(/^error: /, ''),
      );
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    complain(message);
    if (error instanceof NotFit) return 3;
    return message.startsWith('interrupted by') ? 4 : 1;
  }
};
