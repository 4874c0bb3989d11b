import { expect, onTestFinished, test, vi } from 'vitest';
import { openAccount } from '../../e2e/kube/account.ts';
import { startBroker } from '../../e2e/suite/exclusive/broker.ts';
import { joinLocks } from '../../e2e/suite/exclusive/join.ts';
import { whyNotFit } from '../../e2e/suite/play/fit.ts';
import { createTurn } from '../../e2e/suite/play/turn.ts';

const offered = { lab: false, without: ['block-device'], allow: ['manager-kill'] } as const;
type Declared = Parameters<typeof whyNotFit>[1];

test.each<[Partial<Declared>, unknown]>([
  [{ needs: ['lab'] }, 'needs the lab (its nodes can be made to fail)'],
  [{ needs: ['block-device'] }, expect.stringMatching(/^needs a block device, .* \(longhorn#8158\)$/)],
  [{ needs: ['browser'] }, expect.stringMatching(/^needs a browser: CORRAL_CHROMIUM names \/nowhere, /)],
  [
    { needs: ['mounted-store'], store: 's3' },
    expect.stringMatching(/^needs a backup store that .* is none$/),
  ],
  [{ disruptions: ['manager-kill'] }, undefined],
  [
    { disruptions: ['manager-kill', 'settings'] },
    "changes Longhorn's settings: not without --allow settings",
  ],
  [
    { disruptions: ['process-hold', 'store-stall'] },
    expect.stringMatching(/^stops processes .* and stops the server .* --allow process-hold,store-stall$/),
  ],
])('where something is missing that is needed, or not allowed, that is said: %j', (declared, reason) => {
  vi.stubEnv('CORRAL_CHROMIUM', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(whyNotFit(offered, { needs: [], disruptions: [], store: 'nfs', ...declared })).toEqual(reason);
});

test('nothing is missing where all is there, and allowed', () => {
  vi.stubEnv('CORRAL_CHROMIUM', process.execPath);
  onTestFinished(() => void vi.unstubAllEnvs());
  const declared = {
    needs: ['lab', 'block-device', 'browser'],
    disruptions: ['settings'],
    store: 'nfs',
  } as const;
  expect(whyNotFit({ lab: true, without: [], allow: ['settings'] }, declared)).toBeUndefined();
});

test('who asks alone for more than it declares, or twice, has made a mistake', async () => {
  const { address, stop } = await startBroker();
  onTestFinished(stop);
  const holder = await joinLocks(address);
  onTestFinished(holder.leave);
  const account = openAccount();
  onTestFinished(account.close);
  const { signal } = new AbortController();
  const own = { account, signal, interrupted: signal, paused: <T>(work: () => T) => work(), tell: () => {} };
  const turn = createTurn(holder, { declared: ['longhorn-managers', 'engine-binaries'], ...own });
  await expect(turn.exclusive('nodes')).rejects.toThrow(
    'the scenario does not declare that it needs this for itself: nodes',
  );
  await turn.exclusive('longhorn-managers');
  await expect(turn.exclusive('engine-binaries')).rejects.toThrow('asks once for all that it needs alone');
});
