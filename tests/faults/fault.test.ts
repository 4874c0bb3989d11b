import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fault, healLeftOver, openFaults } from '../../e2e/faults/fault.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import type { Cluster } from '../../e2e/observe/cluster.ts';
import { localPods } from '../support/local-pods.ts';

let out: string;
let patched: [string, unknown][];

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'corral-ledger-'));
  patched = [];
});
afterEach(() => rm(out, { recursive: true }));

// The only thing a heal of this kind asks of a cluster.
const cluster: Cluster = {
  ...localPods(),
  patch: async <T>(_resource: unknown, { name }: { name: string }, patch: object) => {
    if (name === 'refused') throw new Error('the API server refuses');
    patched.push([name, patch]);
    return {} as T;
  },
};

const change = (name: string, inject = async () => {}): Fault => ({
  kind: 'patched-object',
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

const onDisk = async () => JSON.parse(await readFile(join(out, 'faults.json'), 'utf8'));

test('a fault is on disk before it is injected, and marked when it is healed', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  let seen: unknown;
  const injected = await faults.inject(
    change('one', async () => {
      seen = await onDisk();
    }),
  );
  expect(seen).toMatchObject({ version: 1, faults: [{ kind: 'patched-object', title: 'one is changed', data: { name: 'one' } }] });
  expect(seen).not.toHaveProperty('faults.0.healedAt');
  expect(await injected.heal()).toBe('one (backuptargets) is as it was');
  expect(await onDisk()).toHaveProperty('faults.0.healedAt');
});

test('faults are healed the latest first, each once', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await faults.inject(change('one'));
  const two = await faults.inject(change('two'));
  await faults.inject(change('three'));
  await two.heal();
  await faults.healAll();
  await faults.healAll();
  expect(patched).toEqual([
    ['two', { spec: { was: 'two' } }],
    ['three', { spec: { was: 'three' } }],
    ['one', { spec: { was: 'one' } }],
  ]);
});

test('a fault whose injection failed half-way is healed too', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await expect(faults.inject(change('one', () => Promise.reject(new Error('half-way'))))).rejects.toThrow('half-way');
  await faults.healAll();
  expect(patched.map(([name]) => name)).toEqual(['one']);
});

test('one that cannot be healed keeps no other from it, and stays in the ledger for the next try', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await faults.inject(change('one'));
  await faults.inject(change('refused'));
  await expect(faults.healAll()).rejects.toMatchObject({ errors: [new Error('the API server refuses')] });
  expect(patched.map(([name]) => name)).toEqual(['one']);
  expect((await openLedger(out)).open().map(({ title }) => title)).toEqual(['refused is changed']);
  await expect(faults.healAll()).rejects.toThrow();
});

test('another process heals what the ledger says is still in force, the latest first', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await (await faults.inject(change('one'))).heal();
  await faults.inject(change('two'));
  await faults.inject(change('three'));
  patched = [];
  expect(await healLeftOver({ cluster, ledger: await openLedger(out) })).toEqual([
    'three is changed: three (backuptargets) is as it was',
    'two is changed: two (backuptargets) is as it was',
  ]);
  expect((await openLedger(out)).open()).toEqual([]);
});

test('a kind of fault that this version does not know is an error that names it', async () => {
  const ledger = await openLedger(out);
  await ledger.record({ server: 'none', kind: 'cut-cable', title: 'the cable is cut', data: {} });
  await expect(healLeftOver({ cluster, ledger })).rejects.toMatchObject({
    errors: [new Error('the ledger names a kind of fault that this version does not know: cut-cable (the cable is cut)')],
  });
});

test('what was done to one cluster is never undone in another', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await faults.inject(change('one'));
  await expect(healLeftOver({ cluster: { ...cluster, server: 'other' }, ledger: await openLedger(out) })).rejects.toMatchObject({
    errors: [new Error('one is changed: that was done to none, and this is other')],
  });
  expect(patched).toEqual([]);
});

test('a ledger that cannot be read is an error, not an empty ledger', async () => {
  await writeFile(join(out, 'faults.json'), '{"version": 1, "faults": [{');
  await expect(openLedger(out)).rejects.toThrow('it says what must be undone in a cluster');
});
