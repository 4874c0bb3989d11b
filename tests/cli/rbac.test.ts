import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runRbacCommand } from '../../e2e/cli/rbac.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';
import { runInProcess } from '../support/run-in-process.ts';

const rbac = (...flags: string[]) => runInProcess(() => runRbacCommand(flags));

test('prints what kubectl applies, and for whom it is', async () => {
  const { exitCode, stdout, stderr } = await rbac(
    '--allow',
    'manager-kill,admission-policy',
    '--namespace',
    'mine',
    '--service-account',
    'player',
  );
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    '# What service account player in namespace mine needs to play the scenarios of Corral, as npm run rbac prints it.',
    '# Disruptions that it allows: manager-kill, admission-policy. The backup stores go into namespace mine: play with --namespace mine.',
  ]);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS());
  expect(objects).toEqual(
    rolesFor({ namespace: 'mine', name: 'player' }, { allow: ['manager-kill', 'admission-policy'] }),
  );
  expect(stdout).toContain('    resources: [pods/exec]\n    verbs: [get, create]\n');
});

test('nothing disruptive, in namespace corral, where nothing is said; --support-bundle adds what asking for one needs', async () => {
  const printed = async (...flags: string[]) =>
    parseAllDocuments((await rbac(...flags)).stdout).map((document) => document.toJS());
  const whose = { namespace: 'corral', name: 'corral' };
  const least = await printed();
  expect(least).toEqual(rolesFor(whose, { allow: [] }));
  const more = await printed('--support-bundle');
  expect(more).toEqual(rolesFor(whose, { allow: [], supportBundle: true }));
  expect(more).not.toEqual(least);
});
