import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Cluster, KubernetesObject, Resource } from '../../e2e/kube/cluster.ts';
import { describeResource } from '../../e2e/kube/resources.ts';
import { createObjects } from './stub-objects.ts';

const hurriedShell = fileURLToPath(new URL('./hurried.bash', import.meta.url));

/** A request to a stub. A list has no name. */
export type StubRequest = { verb: string; plural: string; namespace?: string; name?: string; body?: object };

type Options = Partial<Cluster> & {
  /** By the plural of their resource, or its whole name as `nodes.longhorn.io`. Other resources can only be listed. */
  objects?: Record<string, object[]>;
  /** Called before each request for an object. It refuses the request by an error. */
  onAsk?: (request: StubRequest) => unknown;
  /** Scripts do not wait for the caches of NFS clients, because there are none. */
  hurried?: boolean;
};

/** Runs a command of a pod as a process of this machine. */
const execHere =
  (hurried: boolean): Cluster['exec'] =>
  (_pod, [program = '', ...args], { stdin, signal, onStdout } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      stdout: string;
      stderr: string;
      exitCode: number;
    }>();
    const env = { ...process.env, ...(hurried && { BASH_ENV: hurriedShell }) };
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, env });
    // A command without input may have ended already.
    child.stdin.on('error', () => {});
    if (stdin instanceof Readable) stdin.pipe(child.stdin);
    else child.stdin.end(stdin);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (onStdout === undefined) stdout += text;
      else onStdout(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, exitCode: code ?? -1 }));
    return promise;
  };

/**
 * A cluster without a server: its objects are in memory, and commands in its pods run on this machine. Tests replace
 * other methods.
 */
export const stubCluster = ({ objects, onAsk, hurried = false, ...overrides }: Options = {}): Cluster => {
  const kept = createObjects(objects);
  const exec = overrides.exec ?? execHere(hurried);
  const ask = async (verb: string, { plural }: Resource, request: Omit<StubRequest, 'verb' | 'plural'>) =>
    onAsk?.({ verb, plural, ...request });
  const kindOf = (resource: Resource): string =>
    kept.serves(describeResource(resource)) ? describeResource(resource) : resource.plural;
  const refuse = (what: string) => () => Promise.reject(new Error(`a stub has no ${what}`));
  return {
    server: 'none',
    context: 'none',
    get: async <T>(resource: Resource, named: { name: string }) => {
      await ask('get', resource, named);
      return kept.get(kindOf(resource), named) as T;
    },
    list: async <T>(resource: Resource, { signal: _, ...narrowed }: { signal?: AbortSignal } = {}) => {
      await ask('list', resource, narrowed);
      if (!kept.serves(kindOf(resource))) return { items: [], resourceVersion: '0' };
      return kept.list(kindOf(resource), narrowed) as { items: T[]; resourceVersion: string };
    },
    create: async <T>(resource: Resource, object: object) => {
      const { namespace, name } = (object as KubernetesObject).metadata;
      await ask('create', resource, { ...(namespace && { namespace }), name, body: object });
      return kept.create(kindOf(resource), object as KubernetesObject) as T;
    },
    patch: async <T>(resource: Resource, named: { name: string }, body: object) => {
      await ask('patch', resource, { ...named, body });
      return kept.patch(kindOf(resource), named, body) as T;
    },
    delete: async (resource, named) => {
      await ask('delete', resource, named);
      kept.delete(kindOf(resource), named);
    },
    apply: refuse('apply'),
    logs: refuse('logs'),
    forward: refuse('forward'),
    request: refuse('request'),
    version: refuse('version'),
    exec,
    script: (pod, script, ...args) => exec(pod, ['bash', '-c', script, 'corral', ...args]),
    ...overrides,
  };
};
