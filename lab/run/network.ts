import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { gateway, type LabNode, linkMtu, nodeNetworkPrefix, serviceNetwork } from './topology.ts';

const sysctls = {
  'ipv4/ip_forward': '1',
  // Otherwise packets to a service whose backend is on the caller's own node are bridged back to the port
  // they came from, and dropped.
  'bridge/bridge-nf-call-iptables': '0',
  'ipv4/conf/all/send_redirects': '0',
  'ipv4/conf/br0/send_redirects': '0',
};

/**
 * Creates the lab's network in this namespace: a bridge that is the nodes' gateway, a virtual cable to each
 * node, and routes to pods and services. It has no route to the outside. Nodes use their end of the cable
 * through a raw socket: a tap would need /dev/net/tun, which an ordinary user may not open.
 */
export const createNetwork = async (tools: string, nodes: readonly LabNode[]): Promise<void> => {
  const cables = nodes.flatMap(({ link, port, podSubnet, address }) => [
    `link add ${port} mtu ${linkMtu} type veth peer name ${link} mtu ${linkMtu}`,
    `link set ${port} master br0 up`,
    `link set ${link} up`,
    `route add ${podSubnet} via ${address}`,
  ]);
  const commands = [
    'link set lo up',
    'link add br0 type bridge',
    `addr add ${gateway}/${nodeNetworkPrefix} dev br0`,
    'link set br0 up',
    ...cables,
    `route add ${serviceNetwork} dev br0`,
  ];
  await execa(join(tools, 'ip'), ['-batch', '-'], { input: `${commands.join('\n')}\n` });
  for (const [name, value] of Object.entries(sysctls)) await writeFile(join('/proc/sys/net', name), value);
};
