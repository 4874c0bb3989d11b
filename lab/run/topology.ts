/**
 * The addresses and names of one lab; every lab has them in a network namespace of its own, so all labs have
 * the same.
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

/**
 * The longest packet between nodes and pods: with 1500 a node spends a quarter more CPU on what it writes by
 * iSCSI.
 */
export const linkMtu = 9000;

/** The nodes of a lab: `node1` and so on, 1 to 8 of them. */
export const labNodes = (count: number): LabNode[] =>
  Array.from({ length: count }, (_, position) => {
    const index = position + 1;
    return {
      index,
      name: `node${index}`,
      address: `172.31.77.${10 + index}`,
      podSubnet: `10.244.${index}.0/24`,
      // The two ends of a virtual cable: the kernel of the node takes `link`, the bridge has `port`.
      link: `link${index}`,
      port: `port${index}`,
    };
  });
