import { createReadStream, existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { printLines } from '../../e2e/kube/print-lines.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { labDir, labFiles, labSockets } from '../run/settings.ts';
import { labState } from '../run/state.ts';
import type { StepRunner } from '../step.ts';
import { type Commands, Interrupted, labInterruptedExitCode, withNameOption } from './commands.ts';
import { faultCommands } from './faults.ts';
import { imagesCommand } from './images.ts';
import { pruneCommand } from './prune.ts';
import { describeLabs } from './status.ts';
import { upCommand } from './up.ts';

/**
 * Time-out of taking a lab down. The command owns it. The lab's host kills hanging processes after 5 s, later
 * on a busy machine.
 */
const DOWN_TIMEOUT_MS = 60_000;

/** Takes a lab down and resolves when nothing of it is left. Returns whether there was one. */
const down = async (name: string): Promise<boolean> => {
  const state = await labState(name);
  const dir = labDir(name);
  if (state === undefined) {
    const leftover = existsSync(dir);
    await rm(dir, { recursive: true, force: true });
    return leftover;
  }
  process.kill(state.pid, 'SIGTERM');
  const end = Date.now() + DOWN_TIMEOUT_MS;
  // A process of another session cannot be waited for, so its end is polled.
  while (existsSync(`/proc/${state.pid}`)) {
    if (Date.now() > end)
      throw new Error(
        `the lab ${name} (process ${state.pid}) did not go down in ${DOWN_TIMEOUT_MS / 1000} s`,
      );
    await delay(50);
  }
  return true;
};

/**
 * Prints the log of one of the lab's processes (etcd, kube-apiserver, ..., node1: its console with containerd
 * and kubelet).
 */
const logs = async (lab: string, what: string): Promise<void> => {
  const folder = labFiles(labDir(lab)).logs;
  const names = (await readdir(folder).catch(() => [])).map((file) => file.replace(/\.log$/, '')).sort();
  if (names.length === 0) throw new Error(`no lab named ${lab} is up; npx corral lab status lists them`);
  const file = join(folder, `${what}.log`);
  if (!names.includes(what) || !existsSync(file))
    throw new Error(`no log named ${what}; there are ${names.join(', ')}`);
  await pipeline(createReadStream(file), process.stdout, { end: false });
};

/** Ctrl-] leaves the shell, as in telnet. Ctrl-C and Ctrl-D go to the node. */
const LEAVE = 0x1d;

/**
 * Connects this terminal to a root shell on a node's console. Resolves when the input ends or Ctrl-] is
 * pressed. The node needs neither kubelet nor network for it.
 */
const shell = async (lab: string, node: string): Promise<void> => {
  if (!existsSync(labDir(lab)))
    throw new Error(`no lab named ${lab} is up; npx corral lab status lists them`);
  process.chdir(labDir(lab));
  const path = labSockets.console(node);
  if (!existsSync(path)) throw new Error(`the lab ${lab} has no node named ${node}`);
  const socket = connect(path);
  const { stdin, stdout } = process;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject).on('close', () => resolve());
    socket.on('connect', () => {
      if (stdin.isTTY) {
        stdin.setRawMode(true);
        stdout.write('Ctrl-] leaves this shell.\r\n');
      }
      socket.write('\n');
      socket.pipe(stdout, { end: false });
      stdin.on('data', (keys: Buffer) => {
        if (stdin.isTTY && keys.includes(LEAVE)) socket.destroy();
        else socket.write(keys);
      });
      // The node's shell may still execute piped input: `exit` ends it afterwards.
      stdin.on('end', () => socket.write('exit\n', () => setTimeout(() => socket.destroy(), 500)));
    });
  });
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
};

const makeProgram = (step: StepRunner): Command => {
  const program = new Command('npx corral lab').description(
    'A real three-node Kubernetes in user space: no Docker, no KVM, no root.',
  );
  program
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .helpCommand(false);
  const commands: Commands = {
    program,
    step,
    onLab: (usage, description) => withNameOption(program.command(usage).description(description)),
  };
  const { onLab } = commands;
  upCommand(commands);
  onLab('down', 'stop and remove a lab').action(async ({ name }) => {
    printLines((await down(name)) ? `The lab ${name} is down.` : `No lab named ${name} was up.`);
  });
  program
    .command('status')
    .description('list the labs that are up, and their nodes')
    .action(async () => printLines(...(await describeLabs())));
  onLab('shell <node>', "open a root shell on a node's console").action((node, { name }) =>
    shell(name, node),
  );
  onLab('logs <what>', 'print the log of a process of the lab, or the console of a node').action(
    (what, { name }) => logs(name, what),
  );
  faultCommands(commands);
  imagesCommand(commands);
  pruneCommand(commands);
  return program;
};

/**
 * Runs a command of the lab and returns its exit code: 0 success, 1 failure, 2 usage, 3 the machine is not
 * fit, 4 interrupted.
 */
export const runLabCommand = async (argv: readonly string[], step: StepRunner): Promise<number> => {
  const printError = (message: string) => process.stderr.write(`lab: ${message}\n`);
  try {
    await makeProgram(step).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      printError(
        error.code === 'commander.help'
          ? 'name a command: up, down, status, shell NODE or logs WHAT; npx corral lab --help lists them all'
          : error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '),
      );
      return 2;
    }
    printError(error instanceof Error ? error.message : String(error));
    if (error instanceof PreconditionError) return 3;
    return error instanceof Interrupted ? labInterruptedExitCode : 1;
  }
};
