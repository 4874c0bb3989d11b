import { generate } from 'selfsigned';
import { type Cluster, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import { startHostPods } from '../../support/host-pods.ts';

const port = 8443;

/** The configurations of validating webhooks. */
export const webhookConfigurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

// Refuses what has the label webhook=refuse; any other request, such as the kubelet's probe, is answered too.
const server = `
require('node:https').createServer({ key: process.env.KEY, cert: process.env.CERTIFICATE }, async (request, response) => {
  const text = (await request.toArray()).join('');
  if (text === '') return response.end();
  const { uid, object } = JSON.parse(text).request;
  const allowed = object.metadata.labels.webhook !== 'refuse';
  const answer = { uid, allowed, status: { message: 'a pod on ' + process.env.NODE_NAME + ' refuses it' } };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
}).listen(${port});`;

/**
 * Starts a pod that serves an admission webhook, with a Service before it; returns the certificate that it is
 * known by, as PEM.
 */
export const startWebhook = async (
  cluster: Cluster,
  { name, node }: { name: string; node: string },
): Promise<string> => {
  const host = `${name}.default.svc`;
  const { private: key, cert: certificate } = await generate([{ name: 'commonName', value: host }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  });
  const spec = { selector: { app: name }, ports: [{ port: 443, targetPort: port }] };
  await cluster.create(resources.services, { metadata: { name, namespace: 'default' }, spec });
  await startHostPods(cluster, [
    {
      name,
      node,
      image: 'docker.io/corral/node:lab',
      command: ['node', '-e', server],
      env: { KEY: key, CERTIFICATE: certificate, NODE_NAME: node },
      labels: { app: name },
      readinessProbe: { httpGet: { port, scheme: 'HTTPS' }, periodSeconds: 1 },
    },
  ]);
  return certificate;
};

/**
 * The configuration by which the API server asks that webhook about every new ConfigMap with a label
 * `webhook`; without an answer nothing is made.
 */
export const webhookConfiguration = ({ name, ca }: { name: string; ca: string }) => ({
  metadata: { name },
  webhooks: [
    {
      name: `${name}.corral.test`,
      clientConfig: { service: { name, namespace: 'default' }, caBundle: Buffer.from(ca).toString('base64') },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
      objectSelector: { matchExpressions: [{ key: 'webhook', operator: 'Exists' }] },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
    },
  ],
});
