import type { ClusterTool } from '../docker/tool.ts';

// Unset, or set to nothing: kind's own, which its release pins by a digest.
const nodeImage = (): string[] => {
  const image = process.env.CORRAL_KIND_IMAGE;
  return image ? ['--image', image] : [];
};

/** kind; its containers bear the label `io.x-k8s.kind.cluster=NAME`. */
export const kindTool: ClusterTool = {
  name: 'kind',
  install: 'go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io',
  oldest: '0.20.0',
  // Without a cluster it says so where errors go.
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
    // What its nodes logged is saved before it is deleted.
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
