import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ensureCached } from '../../../lab/cache/cache.ts';
import { openCache } from '../../../lab/cache/folders.ts';
import { withSharedCache } from '../../../lab/cache/lock.ts';
import { checkDocker } from '../../../providers/docker/check.ts';
import { kindNode, programs } from '../../support/kind/node-image.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const name = 'A backup made during a deletion waits for it, then runs';
const image = `corral/kind-node:${process.pid}`;

/** How long building the node, a cluster and a scenario may take in all on a slow machine; this test owns it. */
const RUN_MS = 60 * 60_000;

test(
  'a scenario passes on a cluster of kind, which goes',
  async ({ skip, onTestFinished }) => {
    const failure = await checkDocker().then(
      () => undefined,
      ({ message }: Error) => message,
    );
    skip(failure !== undefined, failure);
    await openCache();
    const [node, bin] = await withSharedCache(async () => [
      await ensureCached(await kindNode()),
      await ensureCached(await programs()),
    ]);
    onTestFinished(async () => void (await execa('docker', ['rmi', '--force', image], { reject: false })));
    const entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint"]';
    await execa('docker', ['import', '--change', entrypoint, join(node, 'node.tar'), image]);
    const out = await mkdtemp(join(tmpdir(), 'corral-kind-'));
    // A store in S3 asks nothing of the machine's kernel; one in NFS asks for its client.
    const flags = ['--provider', 'kind', '--longhorn', 'emulator', '--store', 's3', '--only', name];
    const running = execa(process.execPath, ['scripts/corral.ts', 'e2e', ...flags, '--out', out], {
      cwd: root,
      env: { PATH: [bin, process.env.PATH].join(delimiter), CORRAL_KIND_IMAGE: image },
      reject: false,
      all: true,
    });
    const ended = await running;
    expect(ended.exitCode, ended.all).toBe(0);
    const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      provider: 'kind',
      scenarios: [{ name: `${name} [s3]`, state: 'passed' }],
    });
    const left = ['ps', '--all', '--quiet', '--filter', `label=io.x-k8s.kind.cluster=corral-${running.pid}`];
    expect((await execa('docker', left)).stdout).toBe('');
    await rm(out, { recursive: true });
  },
  RUN_MS,
);
