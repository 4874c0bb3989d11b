import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commands } from './commands.ts';
import { openFixture } from './support/fixture.ts';

// Five at once: alone each takes seconds.
vi.setConfig({ testTimeout: 180_000 });

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture?.close());

const run = Object.entries(commands).flatMap(([command, how]) =>
  'says' in how ? [[command, how] as const] : [],
);

test.concurrent.each(run)('%s', async (command, { exitCode, says, words }) => {
  const ended = await fixture.run(command, words);
  expect(ended.said, ended.said).toMatch(says);
  expect(ended.exitCode).toBe(exitCode);
});
