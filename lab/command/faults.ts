import { Argument, CommanderError, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { parseDuration } from '../../e2e/kube/duration.ts';
import { printLines } from '../../e2e/kube/print-lines.ts';
import { askLab } from '../control/ask.ts';
import type { Commands } from './commands.ts';

/** Parses a time as `100ms`, `30s` or `10m`, in ms. A plain number is in seconds. */
const milliseconds = (value: string): number => {
  try {
    return parseDuration(/^\d+(\.\d+)?$/.test(value) ? `${value}s` : value);
  } catch {
    throw new InvalidArgumentError('give it as 100ms, 30s, 10m or 1h.');
  }
};

/** Parses a time that may be negative, in ms. */
const signedMilliseconds = (value: string): number => {
  const size = milliseconds(value.replace(/^[+-]/, ''));
  return value.startsWith('-') ? -size : size;
};

/** Parses a time of whole seconds, in s. */
const wholeSeconds = (value: string): number => {
  const seconds = milliseconds(value) / 1000;
  if (!Number.isInteger(seconds)) throw new InvalidArgumentError('give it in whole seconds.');
  return seconds;
};

/** Parses a share as `5%` or `5`, in percent. */
const percent = (value: string): number => {
  const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(value) ?? [];
  if (number === undefined || Number(number) > 100)
    throw new InvalidArgumentError('give it as 5%, 100% at most.');
  return Number(number);
};

const actionResultSchema = z.object({ text: z.string() });

const runAction = async (
  name: string,
  question: { action: string } & Record<string, unknown>,
): Promise<void> => {
  const { text } = actionResultSchema.parse(await askLab(name, question));
  printLines(text);
};

const exactlyOne = (flags: Record<string, unknown>, names: readonly string[]): void => {
  if (
    names.filter((name) => flags[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] !== undefined)
      .length === 1
  )
    return;
  throw new CommanderError(
    2,
    'lab.flags',
    `error: give one of ${names.map((name) => `--${name}`).join(', ')}`,
  );
};

const nodeCommands = {
  crash: 'end a node like a power failure: its disks stay as they are',
  start: 'boot a crashed node',
  freeze: 'suspend a node until it is thawed',
  thaw: 'resume a frozen node',
  cut: 'disconnect a node from the network',
  join: 'reconnect a node to the network',
  fast: 'make the network of a node normal again',
};

const networkCommands = ({ onLab }: Commands): void => {
  for (const [action, description] of Object.entries(nodeCommands))
    onLab(`${action} <node>`, description).action((node, { name }) => runAction(name, { action, node }));
  onLab('slow <node>', "delay a node's network traffic in both directions, or lose a part of it")
    .option('--delay <time>', 'the delay in each direction, such as 100ms', milliseconds)
    .option('--loss <share>', 'the part that is lost in each direction, such as 5%', percent)
    .action((node, { name, delay, loss }) => {
      if (delay === undefined && loss === undefined)
        throw new CommanderError(2, 'lab.flags', 'error: give --delay, --loss or both');
      return runAction(name, { action: 'slow', node, delayMs: delay, lossPercent: loss });
    });
};

const diskAndClockCommands = ({ onLab }: Commands): void => {
  onLab('disk <node>', "make a node's disk at /var/lib/longhorn fail, or slow it down")
    .option('--error-after <time>', 'after this time all reads and writes fail (EIO)', wholeSeconds)
    .option('--delay <time>', 'each read and write takes this much longer', milliseconds)
    .option('--heal', 'make the disk work again')
    .action((node, { name, ...flags }) => {
      exactlyOne(flags, ['error-after', 'delay', 'heal']);
      if (flags.heal) return runAction(name, { action: 'disk-heal', node });
      if (flags.delay !== undefined)
        return runAction(name, { action: 'disk-delay', node, delayMs: flags.delay });
      return runAction(name, { action: 'disk-fail', node, afterSeconds: flags.errorAfter });
    });
  onLab('clock <node>', "set a node's clock wrong")
    .option('--skew <time>', "the difference to the host's clock, such as 10m or -1h", signedMilliseconds)
    .option('--heal', "set it to the host's clock")
    .action((node, { name, ...flags }) => {
      exactlyOne(flags, ['skew', 'heal']);
      return runAction(
        name,
        flags.heal ? { action: 'clock-heal', node } : { action: 'clock-skew', node, skewMs: flags.skew },
      );
    });
};

/** The commands that inject and heal faults in a lab. */
export const faultCommands = (commands: Commands): void => {
  networkCommands(commands);
  diskAndClockCommands(commands);
  commands
    .onLab('apiserver', 'stop or start the API server; the nodes continue')
    .addArgument(new Argument('<do>', 'the action').choices(['stop', 'start', 'restart']))
    .action((what, { name }) => runAction(name, { action: `apiserver-${what}` }));
  commands
    .onLab('etcd', 'compact etcd, and restart the API server: earlier watches get a 410')
    .addArgument(new Argument('<do>', 'the action').choices(['compact']))
    .action((what, { name }) => runAction(name, { action: `etcd-${what}` }));
};
