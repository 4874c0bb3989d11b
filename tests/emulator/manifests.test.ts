import { expect, test } from 'vitest';
import { access } from '../../emulator/manifests/access.ts';
import { managerDaemonSet } from '../../emulator/manifests/manager.ts';

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

test('the DaemonSet tells its pods the clock, the version and the bug, no bug included', () => {
  const env = (more = {}) =>
    managerDaemonSet({ image: 'i', clock: 'fast', mutant: undefined, ...more })
      .spec.template.spec.containers[0]?.env.filter(({ name }) => name.startsWith('CORRAL_EMULATOR_'))
      .map((entry) => 'value' in entry && `${entry.name.slice('CORRAL_EMULATOR_'.length)}=${entry.value}`);
  expect(env()).toEqual(expect.arrayContaining(['CLOCK=fast', 'MUTANT=', 'VERSION=']));
  const told = env({ version: 'v1.10.2', mutant: 'message-missing' });
  expect(told).toEqual(expect.arrayContaining(['VERSION=v1.10.2', 'MUTANT=message-missing']));
});
