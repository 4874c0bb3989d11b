import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Question = { action: string; node?: string };

/** What answers in place of a lab's supervisor: a fault that was ordered is in force until it is undone. */
export type StandInLab = {
  folder: string;
  asked: Question[];
  /** What it says of anything from now on, as an error. */
  refuse(message: string): void;
  /** Ends it as kill -9 of a lab does: its folder stays. */
  die(): Promise<void>;
  /** Ends it and takes its folder away. */
  leave(): Promise<void>;
};

const heals = ['start', 'thaw', 'join', 'fast', 'disk-heal', 'clock-heal', 'apiserver-start'];

/** Starts a stand-in for a lab in a folder of its own. */
export const startStandInLab = async (): Promise<StandInLab> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-lab-'));
  const asked: Question[] = [];
  let refusal: string | undefined;
  let faulty = false;
  const answer = (question: Question): object => {
    asked.push(question);
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
  return {
    folder,
    asked,
    refuse: (message) => {
      refusal = message;
    },
    die: close,
    leave: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
