import { appendFile, readFile } from 'node:fs/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Fault, Faults } from '../../e2e/faults/fault.ts';
import { killedPod } from '../../e2e/faults/killed-pod.ts';
import { ledgerPath, openLedger } from '../../e2e/faults/ledger.ts';
import { healByLabels, healLeftOver, onlyDeclared, openFaults } from '../../e2e/faults/open-faults.ts';
import { patchedObject } from '../../e2e/faults/patched-object.ts';
import { immutableFile } from '../../e2e/faults/store/immutable-file.ts';
import { serverGone } from '../../e2e/faults/store/server-stalled.ts';
import { BrokenStream, type Cluster } from '../../e2e/kube/cluster.ts';
import { registerSecret } from '../../e2e/kube/redact/registered-secrets.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let out: string;
let patched: [string, unknown][];

let faults: Faults;

beforeEach(async () => {
  out = await temporaryFolder();
  faults = openFaults({ cluster, ledger: await openLedger(out) });
  patched = [];
});

// The only thing a heal of this kind asks of a cluster.
const cluster = stubCluster({
  objects: { backuptargets: ['one', 'two', 'three'].map((name) => ({ metadata: { name } })) },
  onAsk: ({ name = '', body }) => {
    if (name === 'refused') throw new Error('the API server refuses');
    patched.push([name, body]);
  },
});

const change = (name: string, inject = async () => {}): Fault => ({
  kind: patchedObject,
  title: `${name} is changed`,
  data: {
    resource: { group: 'longhorn.io', version: 'v1beta2', plural: 'backuptargets' },
    namespace: 'longhorn-system',
    name,
    before: { spec: { was: name } },
  },
  inject,
  prove: async () => `${name} is changed`,
});

const stillOpen = async () => (await openLedger(out)).open().map(({ title }) => title);
const fails = (what: string) => () => Promise.reject(new Error(what));

test('a fault is on disk before it is injected', async () => {
  let seen: unknown;
  const inject = async () => {
    seen = (await openLedger(out)).open();
  };
  await faults.inject(change('one', inject));
  expect(seen).toMatchObject([{ kind: 'patched-object', title: 'one is changed', data: { name: 'one' } }]);
});

test('faults are healed the latest first, each once, also one whose injection failed half-way; one that cannot be keeps no other from it, and stays in the ledger for the next try', async () => {
  await expect(faults.inject(change('one', fails('half-way')))).rejects.toThrow('half-way');
  const two = await faults.inject(change('two'));
  for (const name of ['refused', 'three']) await faults.inject(change(name));
  expect(await two.heal()).toBe('two (backuptargets) is as it was');
  const refusal = { errors: [new Error('the API server refuses')] };
  for (const _ of [1, 2]) await expect(faults.healAll()).rejects.toMatchObject(refusal);
  expect(patched).toEqual(['two', 'three', 'one'].map((name) => [name, { spec: { was: name } }]));
  expect(await stillOpen()).toEqual(['refused is changed']);
});

test('another process heals what the ledger says is still in force, the latest first', async () => {
  await (await faults.inject(change('one'))).heal();
  await faults.inject(change('two'));
  await faults.inject(change('three'));
  patched = [];
  expect(await healLeftOver({ cluster, ledger: await openLedger(out) })).toEqual([
    'three is changed: three (backuptargets) is as it was',
    'two is changed: two (backuptargets) is as it was',
  ]);
  expect(await stillOpen()).toEqual([]);
});

test('of a kind that this version does not know nothing is undone, nor in another cluster what was done to one', async () => {
  const ledger = await openLedger(out);
  await faults.inject(change('one'));
  await ledger.record({ server: 'other', kind: 'cut-cable', title: 'the cable is cut', data: {} });
  const healing = healLeftOver({ cluster: { ...cluster, server: 'other' }, ledger: await openLedger(out) });
  const unknown =
    'the ledger names a kind of fault that this version does not know: cut-cable (the cable is cut)';
  const elsewhere = 'one is changed: that was done to none, and this is other';
  await expect(healing).rejects.toMatchObject({ errors: [new Error(unknown), new Error(elsewhere)] });
  expect(patched).toEqual([]);
});

test('several write the ledger at once, and each entry stays; what was half written was not done', async () => {
  const ledgers = await Promise.all(Array.from({ length: 8 }, () => openLedger(out)));
  const entries = await Promise.all(
    ledgers.map((ledger, index) =>
      ledger.record({ server: 'none', kind: 'patched-object', title: `${index}`, data: 'x'.repeat(5000) }),
    ),
  );
  await ledgers[3]?.healed(entries[3]?.id ?? '');
  await appendFile(ledgerPath(out), '{"id": "12", "ser');
  expect((await stillOpen()).toSorted()).toEqual(['0', '1', '2', '4', '5', '6', '7']);
});

test('a ledger that cannot be read is an error, not an empty ledger', async () => {
  await appendFile(ledgerPath(out), '{"id": "12"}\n');
  await expect(openLedger(out)).rejects.toThrow('it says what must be undone in a cluster');
});

test.each([
  [2, 'one (backuptargets) is as it was'],
  [3, 'the stream broke'],
])('a heal whose stream breaks %i times ends with: %s', async (times, end) => {
  let broken = 0;
  const breaking: Cluster = {
    ...cluster,
    patch: async (...what) => {
      broken += 1;
      if (broken <= times) throw new BrokenStream('the stream broke');
      return cluster.patch(...what);
    },
  };
  faults = openFaults({ cluster: breaking, ledger: await openLedger(out) });
  const injected = await faults.inject(change('one'));
  expect(await injected.heal().catch(({ message }: Error) => message)).toBe(end);
});

test('a secret in what a fault has to put back is not on disk: this process can put it back, and no other', async () => {
  registerSecret('s3cret-of-a-fault', 'data of a Secret');
  const { data, ...fault } = change('one');
  const before = { spec: { was: 's3cret-of-a-fault' } };
  const injected = await faults.inject({ ...fault, data: { ...(data as object), before } });
  expect(await readFile(ledgerPath(out), 'utf8')).not.toContain('s3cret');
  const message =
    'one is changed: the former value held a secret, which is not kept on disk: restore it by hand (patched-object)';
  const healing = healLeftOver({ cluster, ledger: await openLedger(out) });
  await expect(healing).rejects.toMatchObject({ errors: [new Error(message)] });
  expect(patched).toEqual([]);
  await injected.heal();
  expect(patched).toEqual([['one', before]]);
});

test('what becomes of a fault is reported: entered, injected, proved, healed, or what failed', async () => {
  const events: string[] = [];
  const ledger = await openLedger(out);
  faults = openFaults({
    cluster,
    ledger,
    onEvent: ({ phase, detail }) => events.push(`${phase}: ${detail}`),
  });
  const one = await faults.inject(change('one'));
  await one.prove();
  await one.heal();
  const refused = await faults.inject(change('refused'));
  await refused.heal().catch(() => {});
  await expect(faults.inject(change('two', fails('no such object')))).rejects.toThrow('no such object');
  expect(events).toEqual([
    'entered: one is changed',
    'injected: one is changed',
    'proved: one is changed',
    'healed: one (backuptargets) is as it was',
    'entered: refused is changed',
    'injected: refused is changed',
    'failed: not healed: the API server refuses',
    'entered: two is changed',
    'failed: not injected: no such object',
  ]);
});

test('policies are found by the label of the run, and no other run is touched', async () => {
  const policy = { metadata: { name: 'corral-policy', labels: { 'corral.test/run': 'abc123' } } };
  const removed: string[] = [];
  const policed = stubCluster({
    objects: { validatingadmissionpolicies: [policy], validatingadmissionpolicybindings: [policy] },
    onAsk: ({ verb, plural, name }) => verb === 'delete' && removed.push(`${plural}/${name}`),
  });
  expect(await healByLabels(policed, 'other1')).toEqual([]);
  expect(removed).toEqual([]);
  await healByLabels(policed, 'abc123');
  expect(removed).toEqual([
    'validatingadmissionpolicybindings/corral-policy',
    'validatingadmissionpolicies/corral-policy',
  ]);
});

test('a fault that others could feel, or one of a store, is refused unless the scenario declares it', async () => {
  const all = { inject: vi.fn() };
  type Declared = Parameters<typeof onlyDeclared>[1];
  const inject = async (kind: Fault['kind'], declared: Declared) =>
    onlyDeclared(all as unknown as Faults, declared).inject({ kind, title: `a ${kind.name}` } as Fault);
  const needs: string[] = [];
  await expect(inject(killedPod, { disruptions: ['settings'], needs })).rejects.toThrow(
    'the scenario does not declare the disruption manager-kill, and does this: a killedPod',
  );
  await expect(inject(serverGone, { disruptions: ['store-stall'], needs: ['lab'] })).rejects.toThrow(
    'the scenario does not declare that it needs serverGone, and does this: a serverGone',
  );
  expect(all.inject).not.toHaveBeenCalled();
  await inject(killedPod, { disruptions: ['manager-kill'], needs });
  await inject(immutableFile, { disruptions: [], needs: ['immutableFile'] });
  expect(all.inject).toHaveBeenCalledTimes(2);
});
