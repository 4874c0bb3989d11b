import { expect, test } from 'vitest';
import { services } from '../../emulator/install.ts';
import { access } from '../../emulator/manifests/access.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { managerDaemonSet } from '../../emulator/manifests/manager.ts';
import { uiDeployment } from '../../emulator/manifests/ui.ts';

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };

test("the managers' rights are named one by one, and go beyond their namespace only to look at nodes", () => {
  const roles = access.filter((object): object is typeof object & { rules: Rule[] } => 'rules' in object);
  const rules = roles.flatMap((role) => role.rules);
  expect(rules.flatMap((rule) => [rule.apiGroups, rule.resources, rule.verbs]).flat()).not.toContain('*');
  const secrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  expect(rules.filter(({ resources }) => resources.includes('secrets'))).toEqual(secrets);
  const beyond = roles.filter(({ kind }) => kind === 'ClusterRole').flatMap((role) => role.rules);
  expect(beyond).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }]);
});

test('every kind has a status of its own, as Longhorn v1.12.1 has', () => {
  const names = customResourceDefinitions.map(({ metadata }) => metadata.name.replace('.longhorn.io', ''));
  expect(names.sort().join()).toBe(
    'backups,backuptargets,backupvolumes,engineimages,instancemanagers,nodes,recurringjobs,replicas,settings,snapshots,volumeattachments,volumes',
  );
  for (const { spec } of customResourceDefinitions)
    expect(spec.versions[0]?.subresources).toEqual({ status: {} });
});

test('managers, API and user interface are found where a suite looks for the real ones', () => {
  const settings = { image: 'i', clock: 'fast', mutant: undefined } as const;
  const manager = managerDaemonSet(settings);
  expect(manager).toMatchObject({
    metadata: { name: 'longhorn-manager', namespace: 'longhorn-system' },
    spec: {
      template: {
        metadata: { labels: { app: 'longhorn-manager' } },
        spec: {
          serviceAccountName: 'longhorn-service-account',
          containers: [{ name: 'longhorn-manager' }],
        },
      },
    },
  });
  const names = ['longhorn-backend.longhorn-system:9500', 'longhorn-frontend.longhorn-system:80'];
  for (const [index, { template }] of [manager.spec, uiDeployment(settings).spec].entries()) {
    const { metadata, spec } = services[index] ?? {};
    expect(`${metadata?.name}.${metadata?.namespace}:${spec?.ports[0]?.port}`).toBe(names[index]);
    expect(template.metadata.labels).toEqual(spec?.selector);
    expect(template.spec.containers[0]?.ports.map(({ name }) => name)).toContain(spec?.ports[0]?.targetPort);
  }
});

test('the DaemonSet tells its pods the clock, the version and the bug, no bug included', () => {
  const env = (more = {}) =>
    managerDaemonSet({ image: 'i', clock: 'fast', mutant: undefined, ...more })
      .spec.template.spec.containers[0]?.env.filter(({ name }) => name.startsWith('CORRAL_EMULATOR_'))
      .map((entry) => 'value' in entry && `${entry.name.slice('CORRAL_EMULATOR_'.length)}=${entry.value}`);
  expect(env()).toEqual(expect.arrayContaining(['CLOCK=fast', 'MUTANT=', 'VERSION=']));
  const told = env({ version: 'v1.10.2', mutant: 'message-missing' });
  expect(told).toEqual(expect.arrayContaining(['VERSION=v1.10.2', 'MUTANT=message-missing']));
});
