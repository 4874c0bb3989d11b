import type { Provider } from './provider.ts';

/**
 * The providers that this release has, by name; each is loaded only when it is chosen, as it brings much with
 * it.
 */
export const providers: Record<string, () => Promise<Provider>> = {
  lab: async () => (await import('./lab.ts')).labProvider,
  kind: async () => (await import('./kind/kind.ts')).kind,
  k3d: async () => (await import('./k3d/k3d.ts')).k3d,
  existing: async () => (await import('./existing/existing.ts')).existing,
};
