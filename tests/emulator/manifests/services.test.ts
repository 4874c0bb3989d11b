import { expect, test } from 'vitest';
import { managerDaemonSet } from '../../../emulator/manifests/manager.ts';
import { services } from '../../../emulator/manifests/services.ts';

test('the API and the user interface are found where the real ones are', () => {
  const found = services.map(({ metadata, spec }) => [`${metadata.name}.${metadata.namespace}`, spec.ports[0]?.port]);
  expect(found).toEqual([
    ['longhorn-backend.longhorn-system', 9500],
    ['longhorn-frontend.longhorn-system', 80],
  ]);
});

test('both lead to ports that the managers have', () => {
  const { template } = managerDaemonSet({ image: 'i', clock: 'fast', mutant: undefined }).spec;
  const names = template.spec.containers[0]?.ports.map(({ name }) => name);
  for (const { spec } of services) {
    expect(template.metadata.labels).toMatchObject(spec.selector);
    expect(names).toContain(spec.ports[0]?.targetPort);
  }
});
