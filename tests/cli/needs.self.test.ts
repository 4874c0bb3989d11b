import { expect, test } from 'vitest';
import { handedOn, runBare, withSuite } from '../support/run-suite.ts';

const disruptions = (title: string, ...names: string[]) =>
  `scenario('${title}', { disruptions: ${JSON.stringify(names)} }, async ({ does }) => does('When it is done'));\n`;
const needs = (title: string, what: string) =>
  `scenario('${title}', { needs: ['${what}'] }, async ({ does }) => does('When it is done'));\n`;

const suite = {
  'one.e2e.ts':
    needs('A node dies', 'lab') +
    needs('A volume is written to', 'block-device') +
    needs('A page is read', 'browser') +
    disruptions('A manager dies', 'manager-kill') +
    disruptions('A setting is changed while a manager dies', 'manager-kill', 'settings') +
    disruptions('A manager hangs on a store that stalls', 'process-hold', 'store-stall'),
};

const played = async (more: object, chromium: string) => {
  const env = { ...handedOn(more), CORRAL_CHROMIUM: chromium };
  const run = await withSuite(suite, ({ folder, config }) => runBare(folder, config, { env }));
  expect(run.exitCode).toBe(0);
  return Object.fromEntries(
    run.report?.scenarios.map(({ name, state, reason }) => [name, reason ?? state]) ?? [],
  );
};

test('a scenario is skipped where something is missing that it needs, or not allowed, with the reason', async () => {
  expect(await played({ without: ['block-device'], allow: ['manager-kill'] }, '/nowhere')).toEqual({
    'A node dies': 'needs the lab (its nodes can be made to fail)',
    'A volume is written to':
      'needs a block device, to write into a volume that was backed up; without iSCSI no volume of this cluster has one (longhorn#8158)',
    'A page is read':
      'needs a browser: CORRAL_CHROMIUM names /nowhere, which is no program: apt-get install chromium',
    'A manager dies': 'passed',
    'A setting is changed while a manager dies': "changes Longhorn's settings: not without --allow settings",
    'A manager hangs on a store that stalls': expect.stringMatching(
      /^stops processes .* and stops the server .*: not without --allow process-hold,store-stall$/,
    ),
  });
});

test('it is played where all is there, and allowed', async () => {
  const all = { lab: '/nowhere', allow: ['settings', 'manager-kill', 'store-stall', 'process-hold'] };
  expect(new Set(Object.values(await played(all, process.execPath)))).toEqual(new Set(['passed']));
});
