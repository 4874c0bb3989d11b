import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deniedDeletion } from '../../e2e/faults/denied-deletion.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { healLeftOver, openFaults } from '../../e2e/faults/open-faults.ts';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { sharedApiServer } from '../support/share.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const { configMaps, validatingAdmissionPolicies, validatingAdmissionPolicyBindings } = resources;
const namespace = 'denied-deletion';
const policy = 'corral-test-policy';
const title = 'the first may not be deleted';

let cluster: Cluster;
const out = folderOfEachTest();
beforeAll(async () => {
  cluster = await (await sharedApiServer()).connect();
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
});

beforeEach(async () => {
  for (const [name, labels] of Object.entries({ first: { of: 'v1' }, second: { of: 'v2' }, third: {} }))
    await cluster.create(configMaps, { metadata: { name, namespace, labels } });
});
afterEach(async () => {
  await deniedDeletion.heal(cluster, { policy, resource: configMaps, probe: { namespace, name: 'first' } });
  for (const name of ['first', 'second', 'third'])
    await cluster.delete(configMaps, { namespace, name }).catch(() => {});
});

const inject = async (name = 'first') => {
  const faults = openFaults({ cluster, ledger: await openLedger(out()) });
  const whose =
    "has(oldObject.metadata.labels) && 'of' in oldObject.metadata.labels && oldObject.metadata.labels['of'] == 'v1'";
  const about = { policy, labels: { made: 'here' }, resource: configMaps, whose, title };
  const fault = deniedDeletion.on(cluster, { ...about, probe: { namespace, name } });
  return { fault, injected: await faults.inject(fault) };
};
const deletionOf = (name: string): Promise<void> => cluster.delete(configMaps, { namespace, name });
const denied =
  /ValidatingAdmissionPolicy 'corral-test-policy' with binding 'corral-test-policy' denied request: deletion denied for testing/;

test('from the inject to the heal the deletion of those meant is denied, and of no other', async () => {
  const { injected } = await inject();
  await expect(deletionOf('first')).rejects.toThrow(denied);
  expect(await injected.prove()).toMatch(
    /^to delete first, in a dry run: configmaps "first" is forbidden: ValidatingAdmissionPolicy/,
  );
  await deletionOf('second');
  await deletionOf('third');
  const { metadata } = await cluster.get(validatingAdmissionPolicies, { name: policy });
  expect(metadata.labels).toEqual({ made: 'here' });

  expect(await injected.heal()).toBe('corral-test-policy is gone');
  await expect(injected.prove()).rejects.toThrow(
    `${title}: policy ${policy} is not in force: to delete first, in a dry run, is allowed`,
  );
  await deletionOf('first');
  for (const resource of [validatingAdmissionPolicies, validatingAdmissionPolicyBindings])
    expect((await cluster.list(resource, { fieldSelector: `metadata.name=${policy}` })).items).toEqual([]);
});

test('what a killed suite left behind is undone by the ledger alone, also where what it was about is gone', async () => {
  const { fault } = await inject();
  expect(await healLeftOver({ cluster, ledger: await openLedger(out()) })).toEqual([
    `${title}: corral-test-policy is gone`,
  ]);
  await deletionOf('first');
  expect(await deniedDeletion.heal(cluster, fault.data)).toBe('corral-test-policy is gone');
});

test('a policy that nothing can show to be in force is an error', async () => {
  await expect(inject('fourth')).rejects.toThrow(
    'fourth is not there: nothing shows whether policy corral-test-policy is in force',
  );
});
