import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readReportBlock, withoutReportBlock } from '../../e2e/cli/fleet/follow.ts';
import { sampleReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../fixtures/fleet/run-shard.sh', import.meta.url));

const report = sampleReport();

const writes = `mkdir -p "$TMPDIR/out" && cat > "$TMPDIR/out/report.json" << 'END'\n${JSON.stringify(report)}\nEND\n`;

/** Runs what a pod runs, with a `node` that does what `does` says instead of running scenarios. */
const run = async (does: string, { args = [] as string[], untilPrinted = '' } = {}) => {
  const folder = await temporaryFolder();
  const node = `#!/bin/bash\necho "$@" > "$TMPDIR/asked"\npwd >> "$TMPDIR/asked"\n${does}`;
  await writeFile(join(folder, 'node'), node, { mode: 0o755 });
  const env = {
    ...{ PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder },
    ...{ FLEET_MODE: 'existing', FLEET_SHARDS: '8', JOB_COMPLETION_INDEX: '1' },
    ...{ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' },
  };
  const child = spawn(script, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (untilPrinted !== '')
    child.stdout.on('data', (output: Buffer) => `${output}`.includes(untilPrinted) && child.kill('SIGTERM'));
  const [log, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { log, code, folder, argumentsGiven: await readFile(join(folder, 'asked'), 'utf8') };
};

test('a pod runs its shard as its service account, and ends its log with the report and itself with the exit code', async () => {
  const { log, code, folder, argumentsGiven } = await run(`echo running; ${writes}exit 1`, {
    args: ['--only', 'a b'],
  });
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  expect(argumentsGiven).toBe(
    `scripts/corral.ts e2e --provider existing --shard 2/8 --out ${folder}/out --kubeconfig ${folder}/kubeconfig --context fleet --only a b\n${root}\n`,
  );
  expect(code).toBe(1);
  expect(withoutReportBlock(log)).toBe('running');
  expect(readReportBlock(log)).toEqual(report);
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  expect(parse(await readFile(join(folder, 'kubeconfig'), 'utf8'))).toMatchObject({
    clusters: [
      { cluster: { server: 'https://[fd00::1]:443', 'certificate-authority': `${account}/ca.crt` } },
    ],
    users: [{ user: { tokenFile: `${account}/token` } }],
    contexts: [{ name: 'fleet', context: { cluster: 'fleet', user: 'fleet' } }],
  });
});

test('a run that wrote no report leaves no mark of one', async () => {
  const { log, code } = await run('echo the set-up failed; exit 3');
  expect([log, code]).toEqual(['the set-up failed\n', 3]);
});

test('a pod that is stopped lets its scenarios clean up, and still gives its report', async () => {
  const cleansUp = `trap 'echo cleaning up; ${writes.replaceAll("'", `'"'"'`)}\nexit 4' TERM\necho running\nwhile :; do sleep 0.1; done`;
  const { log, code } = await run(cleansUp, { untilPrinted: 'running' });
  expect(code).toBe(4);
  expect(withoutReportBlock(log)).toBe('running\ncleaning up');
  expect(readReportBlock(log)).toEqual(report);
});
