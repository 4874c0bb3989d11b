import { longhornApiPort } from '../api/resource.ts';
import { pluginRegistry } from '../controllers/csi/node-plugin.ts';
import { proxyPort } from '../engine/proxy.ts';
import { environmentVariables } from '../environment.ts';
import { namespace } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';
import { serviceAccount } from './access.ts';

export const managerName = 'longhorn-manager';

/** The ports of a manager's pod by name. Services refer to these names. */
export const managerPorts = { proxy: proxyPort, manager: longhornApiPort };

const labels = { app: managerName };

const fieldRef = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

type ManagerOptions = {
  image: string;
  clock: string;
  mutant: Mutant | undefined;
  version?: string | undefined;
};

/** The DaemonSet of the managers, under Longhorn's names. */
export const managerDaemonSet = ({ image, clock, mutant, version = '' }: ManagerOptions) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: managerName, namespace, labels },
  spec: {
    selector: { matchLabels: labels },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: serviceAccount,
        containers: [
          {
            name: managerName,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['longhorn-manager', '-d', 'daemon'],
            env: [
              fieldRef(environmentVariables.node, 'spec.nodeName'),
              fieldRef(environmentVariables.podIP, 'status.podIP'),
              { name: environmentVariables.image, value: image },
              { name: environmentVariables.clock, value: clock },
              // Always set, even if empty: otherwise a mutant of an earlier installation would survive an apply.
              { name: environmentVariables.mutant, value: mutant ?? '' },
              { name: environmentVariables.version, value: version },
              // Many more than the files that a command lists or removes at once. Node's default is four.
              { name: 'UV_THREADPOOL_SIZE', value: '64' },
              // In MiB. A node of 1 GiB also needs memory for a kubelet and for uploads.
              { name: 'NODE_OPTIONS', value: '--max-old-space-size=160 --max-semi-space-size=4' },
            ],
            // For loop devices, the mount of the backup store, and device nodes in /dev.
            securityContext: { privileged: true },
            ports: Object.entries(managerPorts).map(([name, containerPort]) => ({ name, containerPort })),
            // Only a startup probe: a request to Node each second costs too much CPU time on a lab node.
            startupProbe: {
              httpGet: { path: '/healthz', port: proxyPort },
              periodSeconds: 1,
              timeoutSeconds: 5,
              failureThreshold: 600,
            },
            volumeMounts: [
              { name: 'dev', mountPath: '/host/dev' },
              { name: 'proc', mountPath: '/host/proc' },
              { name: 'longhorn', mountPath: '/var/lib/longhorn', mountPropagation: 'Bidirectional' },
              { name: 'plugins', mountPath: pluginRegistry },
            ],
          },
        ],
        volumes: [
          { name: 'dev', hostPath: { path: '/dev' } },
          { name: 'proc', hostPath: { path: '/proc' } },
          { name: 'longhorn', hostPath: { path: '/var/lib/longhorn', type: 'DirectoryOrCreate' } },
          { name: 'plugins', hostPath: { path: pluginRegistry, type: 'DirectoryOrCreate' } },
        ],
      },
    },
  },
});
