import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runRbacCommand } from '../../e2e/cli/rbac.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';
import { runInProcess } from '../support/run-in-process.ts';

const ownBucket = {
  ...{ endpoint: 'https://s3.minio.svc:9000', bucket: 'backups', region: 'here', secret: 'theirs/mine' },
};

test.each<[flags: string, ...Parameters<typeof rolesFor>]>([
  ['', { namespace: 'corral', name: 'corral' }, { allow: [] }],
  ['--support-bundle', { namespace: 'corral', name: 'corral' }, { allow: [], supportBundle: true }],
  [
    '--allow manager-kill,admission-policy --namespace mine --service-account runner',
    { namespace: 'mine', name: 'runner' },
    { allow: ['manager-kill', 'admission-policy'] },
  ],
  [
    `--bucket name=backups@here,secret=theirs/mine,endpoint=${ownBucket.endpoint}`,
    { namespace: 'corral', name: 'corral' },
    { allow: [], store: 'own-bucket', ownBucket },
  ],
])('prints what kubectl applies, and for whom it is: %j', async (flags, whose, what) => {
  const argv = flags.split(' ').filter(Boolean);
  const { exitCode, stdout, stderr } = await runInProcess(() => runRbacCommand(argv));
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain(
    `# What service account ${whose.name} in namespace ${whose.namespace} needs to run`,
  );
  expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual(rolesFor(whose, what));
});
