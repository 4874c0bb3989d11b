import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commands } from './commands.ts';
import { openGround } from './support/ground.ts';

// Five at once: alone each takes seconds.
vi.setConfig({ testTimeout: 180_000 });

let ground: Awaited<ReturnType<typeof openGround>>;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.close());

const run = Object.entries(commands).flatMap(([command, how]) => ('says' in how ? [[command, how] as const] : []));

test.concurrent.each(run)('%s', async (command, { exitCode, says, words }) => {
  const ended = await ground.run(command, words);
  expect(ended.said, ended.said).toMatch(says);
  expect(ended.exitCode).toBe(exitCode);
});
