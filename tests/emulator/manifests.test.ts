import { describe, expect, test } from 'vitest';
import { access } from '../../emulator/manifests/access.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { managerDaemonSet } from '../../emulator/manifests/manager.ts';

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };

describe("the managers' rights", () => {
  const roles = access.filter((object): object is typeof object & { rules: Rule[] } => 'rules' in object);

  test('are named one by one', () => {
    const words = roles.flatMap(({ rules }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]),
    );
    expect(words).not.toContain('*');
  });

  test('of a Secret are to read one whose name is known', () => {
    const rules = roles
      .flatMap((role) => role.rules)
      .filter(({ resources }) => resources.includes('secrets'));
    expect(rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
  });

  test('go beyond their namespace only to look at nodes', () => {
    const rules = roles.filter(({ kind }) => kind === 'ClusterRole').flatMap((role) => role.rules);
    expect(rules).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }]);
  });
});

test('every kind has a status of its own, as Longhorn v1.12.1 has', () => {
  expect(customResourceDefinitions.map(({ metadata }) => metadata.name).sort()).toEqual(
    [
      'backups',
      'backuptargets',
      'backupvolumes',
      'engineimages',
      'instancemanagers',
      'nodes',
      'recurringjobs',
      'replicas',
      'settings',
      'snapshots',
      'volumeattachments',
      'volumes',
    ].map((plural) => `${plural}.longhorn.io`),
  );
  for (const { spec } of customResourceDefinitions)
    expect(spec.versions[0]?.subresources).toEqual({ status: {} });
});

describe('the DaemonSet', () => {
  const of = (more = {}) => managerDaemonSet({ image: 'i', clock: 'fast', mutant: undefined, ...more });
  const container = (more = {}) => of(more).spec.template.spec.containers[0];

  test('is found where a suite looks for the real one', () => {
    expect(of()).toMatchObject({
      metadata: { name: 'longhorn-manager', namespace: 'longhorn-system' },
      spec: {
        template: {
          metadata: { labels: { app: 'longhorn-manager' } },
          spec: { serviceAccountName: 'longhorn-service-account' },
        },
      },
    });
    expect(container()?.name).toBe('longhorn-manager');
  });

  test('tells its pods the clock and the bug, no bug included', () => {
    const env = (more = {}) =>
      Object.fromEntries(
        container(more)?.env.map((entry) => [entry.name, 'value' in entry ? entry.value : '']) ?? [],
      );
    expect(env()).toMatchObject({ CORRAL_EMULATOR_CLOCK: 'fast', CORRAL_EMULATOR_MUTANT: '' });
    expect(env()).toMatchObject({ CORRAL_EMULATOR_VERSION: '' });
    expect(env({ version: 'v1.10.2' })).toMatchObject({ CORRAL_EMULATOR_VERSION: 'v1.10.2' });
    expect(env({ mutant: 'message-missing' })).toMatchObject({ CORRAL_EMULATOR_MUTANT: 'message-missing' });
  });
});
