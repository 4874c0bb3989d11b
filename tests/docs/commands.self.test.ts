import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commands } from './commands.ts';
import { commandsOf, documents } from './support/documents.ts';
import { isRunHere, openFixture } from './support/fixture.ts';

// Five at once: alone each takes seconds.
vi.setConfig({ testTimeout: 180_000 });

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture?.close());

const said = Object.entries(commands);
// What a reader is to type is tried, and nothing else.
test('each of them is in a document', () => {
  const documented = documents.flatMap(commandsOf);
  expect(Object.keys(commands).filter((command) => !documented.includes(command))).toEqual([]);
});

const [here, spawned] = [true, false].map((is) => said.filter(([command]) => isRunHere(command) === is));

const runs = async (
  command: string,
  { exitCode, prints, words }: (typeof commands)[string],
): Promise<void> => {
  const ended = await fixture.run(command, words);
  expect(ended.said, ended.said).toMatch(prints);
  expect(ended.exitCode).toBe(exitCode);
};

test.each(here ?? [])('%s', runs);
test.concurrent.each(spawned ?? [])('%s', runs);
