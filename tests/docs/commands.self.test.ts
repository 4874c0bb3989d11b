import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commands } from './commands.ts';
import { isRunHere, openFixture } from './support/fixture.ts';

// Five at once: alone each takes seconds.
vi.setConfig({ testTimeout: 180_000 });

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture?.close());

const said = Object.entries(commands).flatMap(([command, how]) =>
  'says' in how ? [[command, how] as const] : [],
);
const [here, spawned] = [true, false].map((is) => said.filter(([command]) => isRunHere(command) === is));

const runs = async (command: string, { exitCode, says, words }: (typeof said)[number][1]): Promise<void> => {
  const ended = await fixture.run(command, words);
  expect(ended.said, ended.said).toMatch(says);
  expect(ended.exitCode).toBe(exitCode);
};

test.each(here ?? [])('%s', runs);
test.concurrent.each(spawned ?? [])('%s', runs);
