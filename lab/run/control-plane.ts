import { join } from 'node:path';
import { snapshotControllerFiles } from '../build/snapshot-controller.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Processes, RunningProcess } from './processes.ts';
import { type LabSettings, labFiles } from './settings.ts';
import { gateway, kubernetesApiPort, podNetwork, serviceNetwork } from './topology.ts';

/** Address of etcd, inside the lab's namespace only. */
export const etcdUrl = 'http://127.0.0.1:2379';

/** Starts etcd. It does not wait for the disk, because the lab's data end with the lab. */
export const startEtcd = ({ dir, tools }: LabSettings, processes: Processes): void => {
  const peers = 'http://127.0.0.1:2380';
  const flags = [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
  processes.start('etcd', join(tools, 'etcd'), flags, withRareGC('256MiB'));
};

/**
 * With a heap of some tens of MiB, Go's default collects garbage very often. `most` is the heap size at which
 * it does so again.
 */
const withRareGC = (most: string): { env: NodeJS.ProcessEnv } => ({
  env: { ...process.env, GOGC: '400', GOMEMLIMIT: most },
});

/** Starts kube-apiserver on the lab's gateway address. It refuses anonymous requests. */
export const startApiServer = (
  { dir, kube, apiProxy }: LabSettings,
  processes: Processes,
): RunningProcess => {
  const pki = (file: string) => join(labFiles(dir).pki, file);
  const flags = [
    'kube-apiserver',
    `--etcd-servers=${etcdUrl}`,
    `--advertise-address=${gateway}`,
    `--secure-port=${kubernetesApiPort}`,
    `--tls-cert-file=${pki('kube-apiserver.crt')}`,
    `--tls-private-key-file=${pki('kube-apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    '--anonymous-auth=false',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--service-account-key-file=${pki('service-account.key')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${serviceNetwork}`,
    '--allow-privileged=true',
    // Webhooks are reached at pod addresses, because the API server is not a pod and has no kube-proxy.
    '--enable-aggregator-routing=true',
    `--requestheader-client-ca-file=${pki('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy-client.key')}`,
    '--profiling=false',
    // Otherwise it would replace the proxy's address with its own.
    ...(apiProxy ? ['--endpoint-reconciler-type=none'] : []),
  ];
  return processes.start('kube-apiserver', kube, flags, withRareGC('1GiB'));
};

/** Starts what needs only the API server: controllers, scheduler, and one kube-proxy on the nodes' gateway. */
export const startControllers = async (
  { dir, kube, tools, name, nodeGrace, snapshotController }: LabSettings,
  processes: Processes,
): Promise<void> => {
  const files = labFiles(dir);
  const pki = (file: string) => join(files.pki, file);
  const kubeconfig = async (identity: string) => {
    const file = pki(`${identity}.kubeconfig`);
    await writeKubeconfig({ file, pki: files.pki, identity, lab: name });
    return `--kubeconfig=${file}`;
  };
  processes.start('kube-controller-manager', kube, [
    'kube-controller-manager',
    await kubeconfig('kube-controller-manager'),
    `--service-account-private-key-file=${pki('service-account.key')}`,
    `--root-ca-file=${pki('ca.crt')}`,
    '--use-service-account-credentials=true',
    // It requests the accounts of its controllers one by one. With the default of 20 requests per second they
    // start 4 s later.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    ...(nodeGrace === undefined ? [] : [`--node-monitor-grace-period=${nodeGrace}`]),
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--profiling=false',
  ]);
  processes.start('kube-scheduler', kube, [
    'kube-scheduler',
    await kubeconfig('kube-scheduler'),
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--profiling=false',
  ]);
  if (snapshotController !== undefined)
    processes.start('snapshot-controller', snapshotControllerFiles(snapshotController).program, [
      await kubeconfig('admin'),
      // The definitions of its kinds are applied once the API server responds.
      '--retry-crd-interval-max=5m',
    ]);
  const proxyFlags = [
    await kubeconfig('kube-proxy'),
    '--proxy-mode=nftables',
    // Applies to nftables too. With the default, a service that is ready is refused for another second.
    '--iptables-min-sync-period=100ms',
    '--masquerade-all',
    `--cluster-cidr=${podNetwork}`,
    // kube-proxy waits 30 s for the address of a name that is not a node.
    '--hostname-override=node1',
    '--conntrack-max-per-core=0',
    '--conntrack-tcp-timeout-established=0',
    '--conntrack-tcp-timeout-close-wait=0',
    '--healthz-bind-address=127.0.0.1:10256',
    '--metrics-bind-address=127.0.0.1:10249',
  ];
  processes.start('kube-proxy', kube, ['kube-proxy', ...proxyFlags], {
    env: { ...process.env, PATH: `${tools}:${process.env.PATH}` },
  });
};
