import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { prepareLab } from '../../lab/prepare.ts';
import type { StepRunner } from '../../lab/step.ts';
import { buildAndStartLab } from '../../lab/up.ts';
import { startLocalCluster } from '../emulator/support/local-cluster.ts';
import { startApiServer } from './api-server.ts';
import { tgtArchive } from './tgt-image.ts';

// What the cluster tests share: the first test that asks for it has it started, and it ends with the run. All
// of it is owned by this process.

/** Each by its name: what its users know of it, and how it ends. */
const kinds = {
  /** An API server and etcd, without nodes or controllers. */
  'api-server': startApiServer,
  /** The emulator's managers as processes of this machine. */
  longhorn: async () => {
    const local = await startLocalCluster();
    await local.startManagers();
    return local;
  },
  /** A lab of three nodes, for whoever disturbs none of them, nor the control plane. */
  lab: async () => {
    const name = `shared-${process.pid}`;
    const lab = await buildAndStartLab({
      name,
      disk: '2G',
      archives: [tgtArchive],
      step: (_title, work) => work(() => {}),
    });
    const { kubeconfig, context, ended } = lab;
    return { place: { name, kubeconfig, context, ended }, stop: lab.stop };
  },
};

type Kinds = typeof kinds;

/** What a user knows of each. */
export type Places = { [Name in keyof Kinds]: Awaited<ReturnType<Kinds[Name]>>['place'] };

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the socket that it is asked by. */
    shared: string;
  }
}

/**
 * Builds what labs are made of, and serves what is shared for as long as the run takes. On a fresh machine that
 * is busy the builds alone took more than 20 min: no time-out of a test's is to meet them.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  // What cannot be built is reported by the first test that needs it.
  const step: StepRunner = (title, work) => {
    process.stderr.write(`lab: ${title}\n`);
    return work(() => {});
  };
  await prepareLab(step, [tgtArchive]).catch(() => {});
  const folder = await mkdtemp(join(tmpdir(), 'corral-shared-'));
  const started = new Map<string, ReturnType<Kinds[keyof Kinds]>>();
  const answer = async (name: keyof Kinds): Promise<object> => {
    const starting = started.get(name) ?? kinds[name]();
    started.set(name, starting);
    return starting.then(
      ({ place }) => ({ place }),
      (error: Error) => ({ error: error.message }),
    );
  };
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    createInterface(client).on('line', async (line) =>
      client.end(`${JSON.stringify(await answer(JSON.parse(line)))}\n`),
    );
  });
  await once(server.listen(join(folder, 'shared.sock')), 'listening');
  project.provide('shared', folder);
  return async () => {
    server.close();
    await Promise.allSettled([...started.values()].map(async (starting) => (await starting).stop()));
    await rm(folder, { recursive: true });
  };
};
