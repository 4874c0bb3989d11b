import { namespace } from '../modelled-on.ts';
import { managerName, managerPorts } from './manager.ts';

const service = (name: string, port: number, targetPort: keyof typeof managerPorts) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app: managerName } },
  spec: { selector: { app: managerName }, ports: [{ name: targetPort, port, targetPort }] },
});

/** The API and the user interface under Longhorn's names; any manager serves both. */
export const services = [service('longhorn-backend', managerPorts.manager, 'manager'), service('longhorn-frontend', 80, 'http')];
