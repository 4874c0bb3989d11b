import { namespace } from '../modelled-on.ts';
import { managerName, managerPorts } from './manager.ts';
import { uiName, type uiPorts } from './ui.ts';

type Ports = typeof managerPorts & typeof uiPorts;

const service = (name: string, app: string, { port, targetPort }: { port: number; targetPort: keyof Ports }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app } },
  spec: { selector: { app }, ports: [{ name: targetPort, port, targetPort }] },
});

/** The API, which any manager serves, and the user interface under Longhorn's names. */
export const services = [
  service('longhorn-backend', managerName, { port: managerPorts.manager, targetPort: 'manager' }),
  service('longhorn-frontend', uiName, { port: 80, targetPort: 'http' }),
];
