import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

type Question = { action: string; node?: string };

export type StandInLab = Awaited<ReturnType<typeof startStandInLab>>;

const heals = ['start', 'thaw', 'join', 'fast', 'disk-heal', 'clock-heal', 'apiserver-start'];

/**
 * Starts a stand-in for a lab's supervisor, in its own folder. It remembers which faults are in force.
 */
export const startStandInLab = async () => {
  const folder = await temporaryFolder();
  const questions: Question[] = [];
  let refusal: string | undefined;
  let faulty = false;
  const answer = (question: Question): object => {
    questions.push(question);
    if (refusal !== undefined) return { error: refusal };
    if (question.action !== 'look') faulty = !heals.includes(question.action);
    return { result: { faulty, text: faulty ? 'it is broken' : 'it works' } };
  };
  const server = createServer((client) => {
    createInterface(client).on('line', (line) =>
      client.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`),
    );
  });
  server.listen(join(folder, 'control.sock'));
  await once(server, 'listening');
  const close = async () => {
    if (server.listening) await once(server.close(), 'close');
  };
  onTestFinished(close);
  return {
    folder,
    questions,
    /** From now on it answers every request with this error. */
    refuse: (message: string) => {
      refusal = message;
    },
    /** Ends it like kill -9 of a lab: its folder stays. */
    die: close,
    leave: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
