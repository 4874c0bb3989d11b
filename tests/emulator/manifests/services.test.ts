import { expect, test } from 'vitest';
import { services } from '../../../emulator/install.ts';
import { managerDaemonSet } from '../../../emulator/manifests/manager.ts';
import { uiDeployment } from '../../../emulator/manifests/ui.ts';

test('the API and the user interface are found where the real ones are', () => {
  const found = services.map(({ metadata, spec }) => [
    `${metadata.name}.${metadata.namespace}`,
    spec.ports[0]?.port,
  ]);
  expect(found).toEqual([
    ['longhorn-backend.longhorn-system', 9500],
    ['longhorn-frontend.longhorn-system', 80],
  ]);
});

test('both lead to ports that their pods have', () => {
  const settings = { image: 'i', clock: 'fast', mutant: undefined } as const;
  for (const [index, { template }] of [
    managerDaemonSet(settings).spec,
    uiDeployment(settings).spec,
  ].entries()) {
    const spec = services[index]?.spec;
    expect(template.metadata.labels).toEqual(spec?.selector);
    expect(template.spec.containers[0]?.ports.map(({ name }) => name)).toContain(spec?.ports[0]?.targetPort);
  }
});
