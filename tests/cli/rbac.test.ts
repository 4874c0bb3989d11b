import { describe, expect, test } from 'vitest';
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

test('nothing disruptive, in namespace corral, where nothing is said', async () => {
  const objects = parseAllDocuments((await rbac()).stdout).map((document) => document.toJS());
  expect(objects).toEqual(rolesFor({ namespace: 'corral', name: 'corral' }, { allow: [] }));
});

test('--support-bundle adds what asking Longhorn for one needs, and nothing else', async () => {
  const objects = parseAllDocuments((await rbac('--support-bundle')).stdout).map((document) =>
    document.toJS(),
  );
  expect(objects).toEqual(
    rolesFor({ namespace: 'corral', name: 'corral' }, { allow: [], supportBundle: true }),
  );
  expect(objects).not.toEqual(rolesFor({ namespace: 'corral', name: 'corral' }, { allow: [] }));
});

describe('what it does not know ends with one line, and prints nothing', () => {
  test.each([
    [
      ['--allow', 'manager-kill,fire'],
      "--allow manager-kill,fire: there is no disruption 'fire'; there are: manager-kill,",
    ],
    [
      ['--namespace', 'Mine'],
      '--namespace Mine: give at most 63 of a-z, 0-9 and dashes, with no dash at either end',
    ],
    [['--service-account', ''], "--service-account '': give at most 63 of a-z, 0-9 and dashes"],
    [['--cluster-admin'], "unknown option '--cluster-admin': see npm run rbac -- --help"],
    [['all'], 'too many arguments. Expected 0 arguments but got 1: all: see npm run rbac -- --help'],
  ])('%j', async (flags, line) => {
    const { exitCode, stdout, stderr } = await rbac(...flags);
    expect([exitCode, stdout, stderr.split('\n')]).toEqual([
      2,
      '',
      [expect.stringContaining(`rbac: ${line}`)],
    ]);
  });
});
