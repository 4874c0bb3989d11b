import { type Command, runEngineCommand } from './command.ts';
import type { UploadNews, UploadOrder } from './upload.ts';

/** Runs the uploads of a node as the orders for them come in, a line each, until no more come. */
const serveUploads = async (command: Omit<Command, 'told'>): Promise<void> => {
  const { createInterface } = process.getBuiltinModule('node:readline');
  const told = new Map<number, (goOn: boolean) => void>();
  const say = (news: UploadNews): void => command.out(`${JSON.stringify(news)}\n`);
  const run = async (order: Extract<UploadOrder, { url: string }>): Promise<void> => {
    const { id, url, request, environment } = order;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    told.set(id, resolve);
    const exitCode = await runEngineCommand(['backup', 'create', url, '--request', JSON.stringify(request)], {
      ...command,
      environment: { ...command.environment, ...environment },
      out: (text) => say({ id, line: text.trimEnd() }),
      told: () => promise,
    });
    told.delete(id);
    say({ id, exitCode });
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const order: UploadOrder = JSON.parse(line);
    if ('goOn' in order) told.get(order.id)?.(order.goOn);
    else void run(order);
  }
  for (const goOn of told.values()) goOn(false);
};

/** Does what the longhorn command is called for, and sets the exit code of this process. */
export const runLonghorn = async (args: string[], command: Omit<Command, 'told'>): Promise<void> => {
  if (args.join(' ') === 'backup serve-uploads') return serveUploads(command);
  process.exitCode = await runEngineCommand(args, { ...command, told: async () => true });
};
