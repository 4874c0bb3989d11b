import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { writeKubeconfig } from './kubeconfig.ts';
import { type LabSettings, labFiles } from './settings.ts';
import { dnsAddress, gateway, type LabNode, linkMtu, nodeNetworkPrefix } from './topology.ts';

const kubelet = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: '/lab/ca.crt' },
  },
  authorization: { mode: 'Webhook' },
  tlsCertFile: '/lab/kubelet.crt',
  tlsPrivateKeyFile: '/lab/kubelet.key',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  cgroupDriver: 'cgroupfs',
  failSwapOn: false,
  clusterDNS: [dnsAddress],
  clusterDomain: 'cluster.local',
  imageGCHighThresholdPercent: 100,
  // No eviction for low memory or disk. Its checks every 10 s and for each container were an eighth of kubelet's work.
  evictionHard: { 'memory.available': '0%' },
  localStorageCapacityIsolation: false,
  // A lost node is detected by its lease, not by this. Logs are short.
  nodeStatusUpdateFrequency: '1m',
  containerLogMonitorInterval: '1h',
  // No component reads the usage of volumes.
  volumeStatsAggPeriod: '-1s',
};

const cni = (node: LabNode) => ({
  cniVersion: '1.0.0',
  name: 'lab',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      mtu: linkMtu,
      ipMasq: false,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: node.podSubnet }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
  ],
});

const shellVariables = (node: LabNode) =>
  Object.entries({
    NAME: node.name,
    ADDRESS: `${node.address}/${nodeNetworkPrefix}`,
    GATEWAY: gateway,
    DNS: dnsAddress,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Writes the tar that is a node's second disk at boot (its identity, certificates and routes). Returns its path. */
export const writeNodeFiles = async (
  { dir, name }: LabSettings,
  node: LabNode,
  nodes: readonly LabNode[],
): Promise<string> => {
  const { pki } = labFiles(dir);
  const folder = join(dir, `${node.name}.files`);
  await mkdir(folder, { mode: 0o700 });
  const others = nodes.filter((other) => other !== node);
  const write = (file: string, content: string) => writeFile(join(folder, file), content);
  await write('node.env', shellVariables(node));
  await write(
    'hosts',
    ['127.0.0.1 localhost', ...nodes.map((each) => `${each.address} ${each.name}`), ''].join('\n'),
  );
  await write('routes', others.map(({ podSubnet, address }) => `${podSubnet} ${address}\n`).join(''));
  await write('cni.conflist', JSON.stringify(cni(node)));
  await write('kubelet.yaml', stringify(kubelet));
  await copyFile(join(pki, 'ca.crt'), join(folder, 'ca.crt'));
  for (const kind of ['crt', 'key'])
    await copyFile(join(pki, `${node.name}.${kind}`), join(folder, `kubelet.${kind}`));
  await writeKubeconfig({
    file: join(folder, 'kubelet.kubeconfig'),
    pki,
    identity: node.name,
    lab: name,
  });
  const tar = join(dir, `${node.name}.tar`);
  await execa('tar', ['-C', folder, '--owner=0', '--group=0', '-cf', tar, '.']);
  await rm(folder, { recursive: true });
  return tar;
};
