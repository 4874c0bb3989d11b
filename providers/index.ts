import type { Provider } from './provider.ts';

/** The providers by name. Each is imported only when chosen, because it has many dependencies. */
export const providers: Record<string, () => Promise<Provider>> = {
  lab: async () => (await import('./lab.ts')).labProvider,
  kind: async () => (await import('./kind/kind.ts')).kindProvider,
  k3d: async () => (await import('./k3d/k3d.ts')).k3dProvider,
  existing: async () => (await import('./existing/existing.ts')).existingProvider,
};
