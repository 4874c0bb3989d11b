import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What one of the commands does otherwise than well, when it is asked what begins with the expression `when`: `printsError` goes
 * where errors go.
 */
export type Behaviour = {
  when?: string;
  printsError?: string;
  prints?: string;
  exitCode?: number;
  hangs?: true;
  makes?: string;
};

/** One call, in the order in which they came. */
type Call = { line: string; kubeconfig?: string; pid: number };

const answering = fileURLToPath(new URL('./inline-docker.ts', import.meta.url));

/**
 * Scripts named docker, kind and k3d that come first on the PATH, record what they are asked and answer as
 * the real ones do.
 */
export const stubDocker = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-docker-'));
  const bin = join(folder, 'bin');
  for (const name of [bin, join(folder, 'clusters')]) await mkdir(name);
  const before = process.env.PATH;
  const behave = (behaviour: Behaviour) => writeFile(join(folder, 'behaviour'), JSON.stringify(behaviour));
  const add = (name: string) =>
    writeFile(join(bin, name), `#!/bin/sh\nexec ${process.execPath} ${answering} ${folder} ${name} "$@"\n`, {
      mode: 0o755,
    });
  await behave({});
  await writeFile(join(folder, 'calls'), '');
  await writeFile(join(folder, 'kubeconfig'), 'apiVersion: v1\nkind: Config\n');
  for (const name of ['docker', 'kind', 'k3d']) await add(name);
  process.env.PATH = [bin, before].join(delimiter);
  return {
    folder,
    behave,
    add,
    /** Takes a command away; the others, and what the machine has, stay. */
    lose: (name: string) => rm(join(bin, name)),
    /** Makes a cluster that is there already. */
    make: (name: string) => writeFile(join(folder, 'clusters', name), ''),
    clusters: (): string[] => readdirSync(join(folder, 'clusters')),
    /** The kubeconfig that a new cluster has. */
    serves: (kubeconfig: string) => writeFile(join(folder, 'kubeconfig'), kubeconfig),
    calls: (): Call[] =>
      readFileSync(join(folder, 'calls'), 'utf8')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : (JSON.parse(line) as Call))),
    stop: async () => {
      process.env.PATH = before;
      await rm(folder, { recursive: true });
    },
  };
};
