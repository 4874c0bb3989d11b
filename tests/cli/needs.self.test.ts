import { expect, onTestFinished, test, vi } from 'vitest';
import { whyNotFit } from '../../e2e/suite/play/fit.ts';
import { handedOn, runBare, withSuite } from '../support/run-suite.ts';

const disruptions = (title: string, ...names: string[]) =>
  `scenario('${title}', { disruptions: ${JSON.stringify(names)} }, async ({ does }) => does('When it is done'));\n`;
const needs = (title: string, what: string) =>
  `scenario('${title}', { needs: ['${what}'] }, async ({ does }) => does('When it is done'));\n`;

const asks = (title: string, call: string) =>
  `scenario('${title}', { exclusive: ['longhorn-managers', 'engine-binaries'] }, async ({ exclusive }) => { await ${call}; });\n`;

const suite = {
  'one.e2e.ts':
    asks('It asks for what it does not declare', `exclusive('nodes')`) +
    asks('It asks twice', `exclusive('longhorn-managers'); await exclusive('engine-binaries')`) +
    needs('A node dies', 'lab') +
    needs('A volume is written to', 'block-device') +
    needs('A page is read', 'browser') +
    disruptions('A manager dies', 'manager-kill') +
    disruptions('A setting is changed while a manager dies', 'manager-kill', 'settings') +
    disruptions('A manager hangs on a store that stalls', 'process-hold', 'store-stall'),
};

test('a scenario is skipped where something is missing that it needs, or not allowed; asking alone for more than it declares, or twice, is its mistake', async () => {
  const told = { without: ['block-device'], allow: ['manager-kill'] };
  const env = { ...handedOn(told), CORRAL_CHROMIUM: '/nowhere' };
  const { report } = await withSuite(suite, ({ folder, config }) => runBare(folder, config, { env }));
  const ended = report?.scenarios.map(({ name, state, reason }) => [name, reason?.split('\n')[0] ?? state]);
  expect(Object.fromEntries(ended ?? [])).toEqual({
    'It asks for what it does not declare':
      'the scenario does not declare that it needs this for itself: nodes',
    'It asks twice': 'a scenario asks once for all that it needs alone',
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

test('it is played where all is there, and allowed', () => {
  vi.stubEnv('CORRAL_CHROMIUM', process.execPath);
  onTestFinished(() => void vi.unstubAllEnvs());
  const allow = ['settings', 'manager-kill'] as const;
  const needs = ['lab', 'block-device', 'browser'] as const;
  expect(whyNotFit({ lab: true, without: [], allow }, { needs, disruptions: allow, store: 'nfs' })).toBe(
    undefined,
  );
});
