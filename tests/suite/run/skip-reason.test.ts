import { expect, test, vi } from 'vitest';
import { skipReason } from '../../../e2e/suite/run/skip-reason.ts';

const offered = { lab: false, without: ['block-device'], allow: ['manager-kill'] } as const;
type Declared = Parameters<typeof skipReason>[1];
const nothing: Declared = { needs: [], disruptions: [], store: 'nfs' };

const noMount = expect.stringMatching(/^needs a backup store that .* is not$/);
const noSettings = "changes Longhorn's settings, or tags of its nodes: not without --allow settings";
const neither = /^stops processes .* and stops the server .* --allow process-hold,store-stall$/;

test.each<[Partial<Declared>, unknown]>([
  [{ needs: ['lab'] }, 'needs the lab (its nodes can be made to fail)'],
  [{ needs: ['upgrade'] }, 'needs another Longhorn to upgrade to: --upgrade-to'],
  [{ needs: ['block-device'] }, expect.stringMatching(/^needs a block device, .* \(longhorn#8158\)$/)],
  [{ needs: ['browser'] }, expect.stringMatching(/^needs a browser: CORRAL_CHROMIUM names \/nowhere, /)],
  [{ needs: ['mounted-store'], store: 's3' }, noMount],
  [{ disruptions: ['manager-kill'] }, undefined],
  [{ disruptions: ['manager-kill', 'settings'] }, noSettings],
  [{ disruptions: ['process-hold', 'store-stall'] }, expect.stringMatching(neither)],
])('where something is missing that is needed, or not allowed, that is said: %j', (declared, reason) => {
  vi.stubEnv('CORRAL_CHROMIUM', '/nowhere');
  expect(skipReason(offered, { ...nothing, ...declared })).toEqual(reason);
});

test('a browser that the run fetches is not missing', () => {
  vi.stubEnv('CORRAL_CHROMIUM', '/nowhere');
  const declared: Declared = { ...nothing, needs: ['browser'] };
  expect(skipReason({ ...offered, fetchesBrowser: true }, declared)).toBeUndefined();
});

test('nothing is missing where all is there, and allowed', () => {
  vi.stubEnv('CORRAL_CHROMIUM', process.execPath);
  const needs = ['lab', 'upgrade', 'block-device', 'browser'] as const;
  const declared: Declared = { ...nothing, needs, disruptions: ['settings'] };
  expect(
    skipReason({ lab: true, upgrades: true, without: [], allow: ['settings'] }, declared),
  ).toBeUndefined();
});
