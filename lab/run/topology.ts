/**
 * The addresses and names of a lab's node. They are the same for all labs, because each lab has its own
 * network namespace.
 */
export type LabNode = {
  index: number;
  name: string;
  address: string;
  podSubnet: string;
  link: string;
  port: string;
};

export const gateway = '172.31.77.1';
export const nodeNetworkPrefix = 24;
export const podNetwork = '10.244.0.0/16';
export const serviceNetwork = '10.96.0.0/16';
export const apiServiceAddress = '10.96.0.1';
export const dnsAddress = '10.96.0.10';
export const kubernetesApiPort = 6443;

/** Largest packet between nodes and pods, in bytes. With 1500, a node uses a quarter more CPU for iSCSI writes. */
export const linkMtu = 9000;

/** Returns the nodes of a lab: `node1` and so on, 1 to 8 of them. */
export const labNodes = (count: number): LabNode[] =>
  Array.from({ length: count }, (_, position) => {
    const index = position + 1;
    return {
      index,
      name: `node${index}`,
      address: `172.31.77.${10 + index}`,
      podSubnet: `10.244.${index}.0/24`,
      // The two ends of a virtual cable: the node's kernel uses `link`, the bridge has `port`.
      link: `link${index}`,
      port: `port${index}`,
    };
  });
