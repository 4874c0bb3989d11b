import { expect, test } from 'vitest';
import { handedOn, leastEnvironment, runBare, withSuite } from '../support/run-suite.ts';

const suite = { 'one.e2e.ts': `scenario('A node dies', { needs: ['lab'] }, async ({ does }) => does('When a node dies'));` };

test.each([
  [undefined, { state: 'skipped', reason: 'needs the lab (its nodes can be made to fail)' }],
  ['/nowhere', { state: 'passed', reason: null }],
])('a scenario that needs the lab, on the lab %s', async (lab, expected) => {
  const env = handedOn({ lab });
  const run = await withSuite(suite, ({ folder, config }) => runBare(folder, config, { env }));
  expect(run.exitCode).toBe(0);
  expect(run.report?.scenarios[0]).toMatchObject(expected);
});

const writer = {
  'one.e2e.ts': `scenario('A volume is written to', { needs: ['block-device'] }, async ({ does }) => does('When it is written to'));`,
};

test.each([
  [undefined, { state: 'passed', reason: null }],
  [
    'block-device',
    {
      state: 'skipped',
      reason:
        'needs a block device, to write into a volume that was backed up; without iSCSI no volume of this cluster has one (longhorn#8158)',
    },
  ],
])('a scenario that needs a block device, on a cluster without %s', async (without, expected) => {
  const env = handedOn(without === undefined ? {} : { without: [without] });
  const run = await withSuite(writer, ({ folder, config }) => runBare(folder, config, { env }));
  expect(run.exitCode).toBe(0);
  expect(run.report?.scenarios[0]).toMatchObject(expected);
});

const reader = {
  'one.e2e.ts': `scenario('A page is read', { needs: ['browser'] }, async ({ does }) => does('When a page is read'));`,
};

test.each([
  [
    '/nowhere',
    { state: 'skipped', reason: 'needs a browser: CORRAL_CHROMIUM names /nowhere, which is no program: apt-get install chromium' },
  ],
  [process.execPath, { state: 'passed', reason: null }],
])('a scenario that needs a browser, where that is %s', async (named, expected) => {
  const run = await withSuite(reader, ({ folder, config }) =>
    runBare(folder, config, { env: { ...leastEnvironment, CORRAL_CHROMIUM: named } }),
  );
  expect(run.exitCode).toBe(0);
  expect(run.report?.scenarios[0]).toMatchObject(expected);
});

const killer = {
  'one.e2e.ts': `scenario('A manager dies', { dangers: ['manager-kill', 'settings'] }, async ({ does }) => does('When a manager dies'));`,
};

test.each([
  [
    undefined,
    {
      state: 'skipped',
      reason: "kills longhorn-manager pods and changes Longhorn's settings: not without --allow manager-kill,settings",
    },
  ],
  ['manager-kill', { state: 'skipped', reason: "changes Longhorn's settings: not without --allow settings" }],
  ['settings,manager-kill', { state: 'passed', reason: null }],
])('a dangerous scenario, with %s allowed', async (allow, expected) => {
  const env = { ...leastEnvironment, ...(allow === undefined ? {} : { CORRAL_ALLOW: allow }) };
  const run = await withSuite(killer, ({ folder, config }) => runBare(folder, config, { env }));
  expect(run.exitCode).toBe(0);
  expect(run.report?.scenarios[0]).toMatchObject(expected);
});
