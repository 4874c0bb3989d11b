import { environmentVariables } from '../environment.ts';
import { namespace } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';
import { uiPort } from '../ui/frontend.ts';

export const uiName = 'longhorn-ui';

/** The port of the user interface's pod by name. The service refers to this name. */
export const uiPorts = { http: uiPort };

const labels = { app: uiName };

/** The Deployment of the user interface, under Longhorn's names. */
export const uiDeployment = ({
  image,
  clock,
  mutant,
}: {
  image: string;
  clock: string;
  mutant: Mutant | undefined;
}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: uiName, namespace, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: uiName,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['longhorn-ui'],
            env: [
              { name: environmentVariables.clock, value: clock },
              // Always set, even if empty: otherwise a mutant of an earlier installation would survive an apply.
              { name: environmentVariables.mutant, value: mutant ?? '' },
              // In MiB. This process only forwards requests.
              { name: 'NODE_OPTIONS', value: '--max-old-space-size=32 --max-semi-space-size=1' },
            ],
            ports: Object.entries(uiPorts).map(([name, containerPort]) => ({ name, containerPort })),
            startupProbe: {
              httpGet: { path: '/', port: uiPort },
              periodSeconds: 1,
              timeoutSeconds: 5,
              failureThreshold: 600,
            },
          },
        ],
      },
    },
  },
});
