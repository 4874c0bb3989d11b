import type { ClusterTool } from '../docker/tool.ts';

// Unset or empty: kind's default image, which its release pins by digest.
const nodeImage = (): string[] => {
  const image = process.env.CORRAL_KIND_IMAGE;
  return image ? ['--image', image] : [];
};

/** kind. Its containers have the label `io.x-k8s.kind.cluster=NAME`. */
export const kindTool: ClusterTool = {
  name: 'kind',
  install: 'go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io',
  oldest: '0.20.0',
  // Without clusters, kind prints a message on standard error.
  list: { args: ['get', 'clusters'], read: (stdout) => stdout.split('\n').filter((name) => name !== '') },
  create: ({ name, kubeconfig }) => [
    'create',
    'cluster',
    '--name',
    name,
    '--kubeconfig',
    kubeconfig,
    '--config',
    'kind-config.yaml',
    // The logs of its nodes are saved before it is deleted.
    '--retain',
    ...nodeImage(),
  ],
  load: ({ name, archive, workers }) => [
    'load',
    'image-archive',
    archive,
    '--name',
    name,
    '--nodes',
    workers.join(','),
  ],
  saveLogs: ({ name, folder }) => ['export', 'logs', folder, '--name', name],
  remove: (name) => ['delete', 'cluster', '--name', name],
  context: (name) => `kind-${name}`,
  workers: (name) => ['worker', 'worker2', 'worker3'].map((node) => `${name}-${node}`),
};
