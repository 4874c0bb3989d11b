import { once } from 'node:events';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { watchForLoss } from '../../../providers/existing/await-loss.ts';
import { putLonghorn } from '../../support/longhorn-objects.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer({ uid: 'uid' });
  putLonghorn(server);
});

const watching = async (away: number): Promise<AbortSignal> => {
  const { lost, stop } = await watchForLoss(server.connect(), { away, poll: 20 });
  onTestFinished(stop);
  return lost;
};

test('a server that stays away is a cluster that is lost', async () => {
  const lost = await watching(400);
  server.answer(503, 'gone');
  server.hangUp();
  await once(lost, 'abort');
  expect((lost.reason as Error).message.replace(server.url, '<server>')).toMatch(
    /^the API server <server> has been away for \d[\d.]* m?s: watch of \S+ at \S+: 503 Service Unavailable: gone$/,
  );
});

test('one that comes back in time is not, nor is one that is watched no more', async () => {
  const stopped = await watchForLoss(server.connect(), { away: 50, poll: 20 });
  await stopped.stop();
  const lost = await watching(4000);
  server.answer(503, 'gone');
  server.hangUp();
  await server.untilRequests(2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.answer(undefined);
  await new Promise((resolve) => setTimeout(resolve, 4200));
  expect([lost.aborted, stopped.lost.aborted]).toEqual([false, false]);
});
