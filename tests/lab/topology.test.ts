import { expect, test } from 'vitest';
import { labNodes } from '../../lab/run/topology.ts';

test('nodes have names, addresses and pod networks of their own', () => {
  const nodes = labNodes(8);
  expect(nodes[2]).toEqual({
    index: 3,
    name: 'node3',
    address: '172.31.77.13',
    podSubnet: '10.244.3.0/24',
    link: 'link3',
    port: 'port3',
  });
  for (const field of ['name', 'address', 'podSubnet', 'link', 'port'] as const) {
    expect(new Set(nodes.map((node) => node[field])).size, field).toBe(8);
  }
});
