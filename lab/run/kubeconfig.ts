import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { gateway, kubernetesApiPort } from './topology.ts';

/**
 * Writes a kubeconfig (mode 0600) for one of the lab's certificates, with one context that is named after the lab.
 * `server`: the API server's address, by default that inside the lab.
 */
export const writeKubeconfig = async (options: {
  file: string;
  pki: string;
  identity: string;
  server?: string;
  lab: string;
}): Promise<void> => {
  const { file, pki, identity, lab, server = `https://${gateway}:${kubernetesApiPort}` } = options;
  const encoded = async (name: string) => (await readFile(join(pki, name))).toString('base64');
  const context = `corral-${lab}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': await encoded('ca.crt') } }],
    users: [
      {
        name: identity,
        user: {
          'client-certificate-data': await encoded(`${identity}.crt`),
          'client-key-data': await encoded(`${identity}.key`),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: identity } }],
    'current-context': context,
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
};
