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

// What the cluster tests share. The first test that needs it has it started, in this process. It ends with the run.

/** What can be shared, by name: how it is started, which returns its access and how to end it. */
const kinds = {
  /** An API server and etcd, without nodes or controllers. */
  'api-server': startApiServer,
  /** The emulator's managers as processes of this machine. */
  longhorn: async () => {
    const local = await startLocalCluster();
    await local.startManagers();
    return local;
  },
  /** A lab of three nodes, for tests that disturb neither nodes nor the control plane. */
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

/** The access to each of them. */
export type Places = { [Name in keyof Kinds]: Awaited<ReturnType<Kinds[Name]>>['place'] };

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the socket for requests. */
    shared: string;
  }
}

/**
 * Builds the parts of labs, and serves what is shared during the run. On a new and busy machine, the builds took more
 * than 20 min, so no test's time-out may include them.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  // A failed build is reported by the first test that needs its result.
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
