import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test } from 'vitest';
import { runHealCommand } from '../../e2e/cli/heal.ts';
import { ledgerPath } from '../../e2e/faults/ledger.ts';
import { writeReport } from '../../e2e/report/file.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { sampleReport } from '../support/scenario-report.ts';
import { type StandInLab, startStandInLab } from '../support/stand-in-lab.ts';
import { type StubServer, startStubServer } from '../support/stub-api-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let out: string;
let server: StubServer;
let sent: string[];
let status: number;
let answers: Record<string, object>;

// A cluster that takes any change, and has nothing in it but what `answers` says of a path: what is sent is
// what this test is about.
beforeEach(async () => {
  out = await temporaryFolder();
  sent = [];
  status = 200;
  answers = {};
  server = await startStubServer({
    answer: async (response, request) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const reads = request.method === 'GET';
      if (!reads) sent.push(`${request.method} ${request.url?.replace(/\?.*/, '')} ${body}`);
      const refused = { reason: 'Forbidden', message: 'no right to do that' };
      const found = { metadata: {}, ...answers[decodeURIComponent(request.url ?? '')] };
      const code = reads ? 200 : status;
      response.writeHead(code).end(JSON.stringify(code === 200 ? found : refused));
    },
  });
});

const leave = (at: string) => {
  const entry = {
    ...{ id: 'a1', run: 'abc123', server: at, kind: 'patched-object', recordedAt: '2026-01-01T00:00:00Z' },
    title: "Longhorn's backup target is elsewhere",
    data: {
      resource: { group: 'longhorn.io', version: 'v1beta2', plural: 'backuptargets' },
      ...{ namespace: 'longhorn-system', name: 'default', before: { spec: { backupTargetURL: '' } } },
    },
  };
  return writeFile(ledgerPath(out), `${JSON.stringify(entry)}\n`);
};
const undone = "Longhorn's backup target is elsewhere: default (backuptargets) is as it was";

const allClear = () =>
  `nothing is in force: ${out} has no fault that was not healed, and no fault in ${server.url} is labelled with run abc123`;

const heal = (...args: string[]) => runInProcess(() => runHealCommand(args));
const healHere = () => heal('--kubeconfig', server.kubeconfig, '--out', out);

test('what a killed run left in force is undone, once', async () => {
  await leave(server.url);
  expect(await healHere()).toEqual({ exitCode: 0, stderr: '', stdout: undone });
  expect(sent).toEqual([
    'PATCH /apis/longhorn.io/v1beta2/namespaces/longhorn-system/backuptargets/default {"spec":{"backupTargetURL":""}}',
  ]);
  expect(await healHere()).toMatchObject({ exitCode: 0, stdout: allClear() });
  expect(sent).toHaveLength(1);
});

test('the cluster is looked at too, and what the ledger does not have is undone', async () => {
  await leave(server.url);
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  answers[`${path}?labelSelector=corral.test/run=abc123`] = {
    items: [{ metadata: { name: 'corral-abc123-policy' } }],
  };
  const removed = 'validatingadmissionpolicies corral-abc123-policy: removed';
  expect(await healHere()).toMatchObject({ exitCode: 0, stderr: '', stdout: `${undone}\n${removed}` });
  expect(sent.at(-1)).toMatch(`DELETE ${path}/corral-abc123-policy`);
});

test('a run that injected no fault has no ledger: its report says which run it was, and the cluster is looked at', async () => {
  await writeReport(out, sampleReport([], { run: 'xyz789', end: { state: 'runner-died', reason: null } }));
  const stdout = `nothing is in force: no fault was recorded in ${out}, and no fault in ${server.url} is labelled with run xyz789`;
  expect(await healHere()).toMatchObject({ exitCode: 0, stderr: '', stdout });
  await server.goDown();
  const ended = await healHere();
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  expect(ended.stderr).toMatch(
    /^heal: the cluster was not looked at: GET \/version at \S+: connect ECONNREFUSED [^\n]+: see that it is up, [^\n]+$/,
  );
});

test('another cluster than the one of the run is not touched', async () => {
  await leave('https://192.0.2.1:6443');
  const stderr = `heal: Longhorn's backup target is elsewhere: that was done to https://192.0.2.1:6443, and this is ${server.url}`;
  expect(await healHere()).toMatchObject({ exitCode: 1, stderr });
  expect(sent).toEqual([]);
});

test('what cannot be undone stays in the ledger', async () => {
  await leave(server.url);
  status = 403;
  const ended = await healHere();
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain('no right to do that');
  expect(await readFile(ledgerPath(out), 'utf8')).not.toContain('healedAt');
});

/** Starts a run that is killed while a node of a lab is cut off. */
const killedRun = async (lab: StandInLab) => {
  const run = execa('node', ['tests/support/inline-fault.ts', lab.folder, out, server.url], {
    reject: false,
    stdin: 'ignore',
  });
  for await (const line of run) if (line === 'in force') run.kill('SIGKILL');
  expect((await run).signal).toBe('SIGKILL');
  expect(lab.questions).toEqual([{ action: 'cut', node: 'node2' }]);
};

test('a node that a killed run left cut off is joined again', async () => {
  const lab = await startStandInLab();
  await killedRun(lab);
  const stdout = 'node2 is cut off the network: it works';
  expect(await healHere()).toMatchObject({ exitCode: 0, stderr: '', stdout });
  expect(lab.questions.at(-1)).toEqual({ action: 'join', node: 'node2' });
  expect((await healHere()).stdout).toBe(allClear());
});

test('a fault of a lab that is gone needs no healing, nor the cluster', async () => {
  const lab = await startStandInLab();
  await killedRun(lab);
  await lab.leave();
  const stdout = 'node2 is cut off the network: the lab is gone, and the fault with it';
  const ended = await heal('--kubeconfig', join(lab.folder, 'kubeconfig'), '--out', out);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '', stdout });
});
