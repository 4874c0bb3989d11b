import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { actions } from '../control/actions.ts';
import type { LabContext } from '../control/context.ts';
import { labSockets } from './settings.ts';

const requestSchema = z.object({ action: z.string() }).loose();

const answer = async (line: string, context: LabContext): Promise<object> => {
  try {
    const { action, ...asked } = requestSchema.parse(JSON.parse(line));
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act === undefined) throw new Error(`the lab knows no action ${action}; it knows ${Object.keys(actions).join(', ')}`);
    return { result: (await act(context, asked)) ?? null };
  } catch (error) {
    return { error: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message };
  }
};

/** Takes orders from this user's other processes, by a socket in the lab's folder: one JSON request a line, one JSON answer a line. */
export const serveControl = (context: LabContext): void => {
  createServer((client) => {
    client.on('error', () => client.destroy());
    createInterface(client).on('line', async (line) => {
      const said = await answer(line, context);
      if (!client.destroyed) client.write(`${JSON.stringify(said)}\n`);
    });
  }).listen(labSockets.control);
};
