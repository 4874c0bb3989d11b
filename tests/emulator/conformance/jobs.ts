import type { KubernetesObject, Resource } from '../../../e2e/kube/objects.ts';
import { apiPort } from '../../../emulator/api/handler.ts';
import type { Clock } from '../../../emulator/clocks.ts';
import { createClient } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import { jobLabels, namespace } from '../../../emulator/modelled-on.ts';
import { runRecurringJob } from '../../../emulator/recurring-job/run.ts';
import { type LocalCluster, longhorn } from '../support/local-cluster.ts';
import { within } from './processes.ts';

const policies: Record<'policy' | 'binding', Resource> = {
  policy: { group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicies' },
  binding: {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'validatingadmissionpolicybindings',
  },
};

type Made = KubernetesObject & { spec?: { volume?: string } };

/** Recurring jobs of a play; without a kubelet nobody runs them but runJob. */
export const createJobs = ({ cluster, access, address, nodes }: LocalCluster, prefix: string) => ({
  /** Makes a RecurringJob that backs a volume up and keeps one backup. */
  recurringJob: async (job: string, volume: string): Promise<void> => {
    const name = prefix + job;
    const spec = {
      name,
      task: 'backup',
      cron: '0 0 1 1 *',
      retain: 1,
      concurrency: 1,
      groups: [],
      labels: {},
      parameters: {},
    };
    const object = {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'RecurringJob',
      metadata: { name, namespace },
      spec,
    };
    await cluster.create(longhorn('recurringjobs'), object);
    const labels = { [jobLabels.ofJob(name)]: 'enabled' };
    await cluster.patch(longhorn('volumes'), { namespace, name: prefix + volume }, { metadata: { labels } });
  },
  /**
   * Runs a recurring job's program once, as its pod would; throws if it ends with anything but 0, by which
   * Kubernetes' Job would fail.
   */
  runJob: async (job: string, clock: Clock): Promise<void> => {
    let last = '';
    const code = await runRecurringJob({
      name: prefix + job,
      managerURL: `http://${address(nodes[0] ?? '')}:${apiPort}/v1`,
      kubernetes: createClient(access),
      log: createLog((line) => {
        last = line;
      }),
      clock,
      mutant: undefined,
    });
    if (code !== 0) throw new Error(`the program of the recurring job ${job} ended with ${code}: ${last}`);
  },
  /**
   * Denies the deletion of a volume's backups or snapshots; resolves when that is in force, and so does what
   * takes it away.
   */
  denyDeletion: async (plural: 'backups' | 'snapshots', volume: string): Promise<() => Promise<void>> => {
    const name = `${prefix}deny-${plural}`;
    const ofVolume = {
      backups: "oldObject.metadata.labels['backup-volume']",
      snapshots: 'oldObject.spec.volume',
    }[plural];
    const rule = {
      apiGroups: ['longhorn.io'],
      apiVersions: ['v1beta2'],
      operations: ['DELETE'],
      resources: [plural],
    };
    const validations = [
      { expression: `${ofVolume} != '${prefix}${volume}'`, message: 'deletion denied for testing' },
    ];
    const object = (kind: string, spec: object) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      spec,
    });
    const policy = { failurePolicy: 'Fail', matchConstraints: { resourceRules: [rule] }, validations };
    const { items } = await cluster.list<Made>(longhorn(plural), { namespace });
    const one = items.find(({ metadata, spec }) =>
      [metadata.labels?.['backup-volume'], spec?.volume].includes(prefix + volume),
    );
    // The API server takes policies in by and by, and says nowhere that it has.
    const until = (denied: boolean) =>
      within(`the deletion of ${plural} of ${volume} is ${denied ? 'denied' : 'allowed'}`, async () => {
        const path = `/apis/longhorn.io/v1beta2/namespaces/${namespace}/${plural}/${one?.metadata.name}?dryRun=All`;
        const { status } = await cluster.request(path, { method: 'DELETE' });
        return (status === 422 || status === 403) === denied || undefined;
      });
    await cluster.create(policies.policy, object('ValidatingAdmissionPolicy', policy));
    await cluster.create(
      policies.binding,
      object('ValidatingAdmissionPolicyBinding', { policyName: name, validationActions: ['Deny'] }),
    );
    await until(true);
    return async () => {
      await cluster.delete(policies.binding, { name });
      await cluster.delete(policies.policy, { name });
      await until(false);
    };
  },
});
