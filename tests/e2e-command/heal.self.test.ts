import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ledgerPath } from '../../e2e/faults/ledger.ts';
import { type StandInLab, startStandInLab } from '../support/stand-in-lab.ts';

let out: string;
let server: Server;
let address: string;
let patched: string[];
let status: number;

// A cluster that takes any patch: what is sent is what this test is about.
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'corral-heal-'));
  patched = [];
  status = 200;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    patched.push(`${request.method} ${request.url} ${body}`);
    response.statusCode = status;
    response.end(JSON.stringify(status === 200 ? {} : { reason: 'Forbidden', message: 'no right to patch' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = {
    clusters: [{ name: 'x', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    users: [{ name: 'x', user: { token: 'secret' } }],
    'current-context': 'x',
  };
  await writeFile(join(out, 'kubeconfig'), stringify(kubeconfig));
});

afterEach(async () => {
  server.close();
  await rm(out, { recursive: true });
});

const entryAt = (at: string) => ({
  id: 'a1',
  server: at,
  kind: 'patched-object',
  title: "Longhorn's backup target is elsewhere",
  data: {
    resource: { group: 'longhorn.io', version: 'v1beta2', plural: 'backuptargets' },
    namespace: 'longhorn-system',
    name: 'default',
    before: { spec: { backupTargetURL: '' } },
  },
  recordedAt: '2026-01-01T00:00:00Z',
});
const leave = (at: string) => writeFile(ledgerPath(out), `${JSON.stringify(entryAt(at))}\n`);

const heal = (...args: string[]) => execa('node', ['scripts/heal.ts', ...args], { reject: false, stdin: 'ignore' });
const healHere = () => heal('--kubeconfig', join(out, 'kubeconfig'), '--out', out);

test('what a killed run left in force is undone, once', async () => {
  await leave(address);
  const first = await healHere();
  expect(first).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: "Longhorn's backup target is elsewhere: default (backuptargets) is as it was",
  });
  expect(patched).toEqual([
    'PATCH /apis/longhorn.io/v1beta2/namespaces/longhorn-system/backuptargets/default {"spec":{"backupTargetURL":""}}',
  ]);
  const second = await healHere();
  expect(second).toMatchObject({ exitCode: 0, stdout: `nothing is in force: ${out} tells of no fault that was not healed` });
  expect(patched).toHaveLength(1);
});

test('another cluster than the one of the run is not touched', async () => {
  await leave('https://192.0.2.1:6443');
  const ended = await healHere();
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toBe(`heal: Longhorn's backup target is elsewhere: that was done to https://192.0.2.1:6443, and this is ${address}`);
  expect(patched).toEqual([]);
});

test('what cannot be undone stays in the ledger', async () => {
  await leave(address);
  status = 403;
  const ended = await healHere();
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain('no right to patch');
  expect(await readFile(ledgerPath(out), 'utf8')).not.toContain('healedAt');
});

/** Plays a run that is killed while a node of a lab is cut off. */
const killedRun = async (lab: StandInLab) => {
  const run = execa('node', ['tests/support/inline-fault.ts', lab.folder, out, address], { reject: false, stdin: 'ignore' });
  for await (const line of run) if (line === 'in force') run.kill('SIGKILL');
  expect((await run).signal).toBe('SIGKILL');
  expect(lab.asked).toEqual([{ action: 'cut', node: 'node2' }]);
};

test('a node that a killed run left cut off is joined again', async () => {
  const lab = await startStandInLab();
  await killedRun(lab);
  expect(await healHere()).toMatchObject({ exitCode: 0, stderr: '', stdout: 'node2 is cut off the network: it works' });
  expect(lab.asked.at(-1)).toEqual({ action: 'join', node: 'node2' });
  expect((await healHere()).stdout).toBe(`nothing is in force: ${out} tells of no fault that was not healed`);
  await lab.leave();
});

test('a fault of a lab that is gone needs no healing, nor the cluster', async () => {
  const lab = await startStandInLab();
  await killedRun(lab);
  await lab.leave();
  expect(await heal('--kubeconfig', join(lab.folder, 'kubeconfig'), '--out', out)).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: 'node2 is cut off the network: the lab is gone, and the fault with it',
  });
});

test.each([
  [[], "heal: required option '--kubeconfig <file>' not specified: see npm run heal -- --help"],
  [['--kubeconfig', 'x', '--frob'], "heal: unknown option '--frob': see npm run heal -- --help"],
])('%j is no way to call it', async (args, stderr) => {
  expect(await heal(...args)).toMatchObject({ exitCode: 2, stdout: '', stderr });
});
