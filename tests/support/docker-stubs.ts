import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How one of the commands fails if its arguments match `when`. `printsError` is written to standard error.
 */
export type Behaviour = {
  when?: string;
  printsError?: string;
  prints?: string;
  exitCode?: number;
  hangs?: true;
  makes?: string;
};

/** A call of a command. */
type Call = { line: string; kubeconfig?: string; pid: number };

const answering = fileURLToPath(new URL('./inline-docker.ts', import.meta.url));

/**
 * Installs scripts named docker, kind and k3d, first on the PATH. They record their arguments and answer like the real
 * ones.
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
    /** Removes one of the scripts. */
    lose: (name: string) => rm(join(bin, name)),
    /** Makes a cluster that exists before the test. */
    make: (name: string) => writeFile(join(folder, 'clusters', name), ''),
    clusters: (): string[] => readdirSync(join(folder, 'clusters')),
    /** Sets the kubeconfig of new clusters. */
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
