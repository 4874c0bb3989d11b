import { type Cluster, type KubernetesObject, resources, unlessGone } from '../kube/cluster.ts';
import { managerPods } from '../longhorn/manager.ts';
import { readOnlyCommand } from '../store/drivers/nfs/make-writable.ts';
import { mountsFolder } from '../store/drivers/nfs/store-mount.ts';

/** The label on everything that a run makes; its value is the run's id. */
const runLabel = 'corral.test/run';

/**
 * Undoes what a run has left in force, without its ledger: by the labels of what it made, and by its id in the names of its volumes.
 * Returns what was done, a line each; throws, when all was tried, what could not be looked at. What ends by itself (a held process, a stalled
 * server) is left to that.
 */
export const healByLabels = async (cluster: Cluster, run: string): Promise<string[]> => {
  const told: string[] = [];
  const errors: unknown[] = [];
  for (const heal of [removePolicies, ...healsInPods]) {
    try {
      told.push(...(await heal(cluster, run)));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `not all of run ${run} could be looked for`);
  return told;
};

const removePolicies = async (cluster: Cluster, run: string): Promise<string[]> => {
  const told: string[] = [];
  for (const resource of [resources.validatingAdmissionPolicyBindings, resources.validatingAdmissionPolicies]) {
    const { items } = await cluster.list<KubernetesObject>(resource, { labelSelector: `${runLabel}=${run}` });
    for (const { metadata } of items) {
      await cluster.delete(resource, { name: metadata.name }).catch(unlessGone);
      told.push(`${resource.plural} ${metadata.name}: removed`);
    }
  }
  return told;
};

const mutableScript = `
shopt -s nullglob globstar
for file in "$1"/**; do
  [[ -f $file ]] || continue
  flags=$(lsattr -d -- "$file") && [[ \${flags%% *} == *i* ]] && chattr -i -- "$file" && printf '%s\\n' "$file"
done
exit 0`;

/** The command that makes every file below a folder mutable, and prints those that were not. */
export const mutableCommand = (folder: string): string[] => ['bash', '-c', mutableScript, 'corral-heal', folder];

type Pod = KubernetesObject & { status?: { phase?: string } };

const makeStoresMutable = async (cluster: Cluster, run: string, namespace?: string): Promise<string[]> => {
  const where = { ...(namespace !== undefined && { namespace }), labelSelector: `${runLabel}=${run},app=backupstore` };
  const { items } = await cluster.list<Pod>(resources.pods, where);
  // The disk of one that does not run any more goes with it.
  const running = items.filter(({ metadata, status }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined);
  const told = await Promise.all(
    running.map(async ({ metadata: { namespace = '', name } }) => {
      const { stdout } = await cluster.exec({ namespace, name, container: 'nfs' }, mutableCommand('/opt/backupstore'));
      return lines(stdout).map((file) => `${file} in ${name}: mutable again`);
    }),
  );
  return told.flat();
};

const makeBackupsWritable = async (cluster: Cluster, run: string): Promise<string[]> => {
  const told = await Promise.all(
    (await managerPods(cluster)).map(async (pod) => {
      const { stdout, stderr, exitCode } = await cluster.exec(pod, readOnlyCommand('clear-run', mountsFolder, run));
      if (exitCode !== 0) throw new Error(`what run ${run} made read-only in ${pod.name} could not be made writable: ${stderr.trim()}`);
      return lines(stdout).map((folder) => `${folder} in ${pod.name}: writable again`);
    }),
  );
  return told.flat();
};

/** What of it is done in pods, a part each; `namespace` is that of all the run's stores, where each has none of its own. */
export const healsInPods: readonly ((cluster: Cluster, run: string, namespace?: string) => Promise<string[]>)[] = [
  makeStoresMutable,
  makeBackupsWritable,
];

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
