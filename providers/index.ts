import type { ClusterTool } from './docker/tool.ts';
import type { Provider } from './provider.ts';

const inDocker = async (tool: ClusterTool): Promise<Provider> =>
  (await import('./docker/provider.ts')).dockerProvider(tool);

/** The providers by name. Each is imported only when chosen, because it has many dependencies. */
export const providers: Record<string, () => Promise<Provider>> = {
  lab: async () => (await import('./lab.ts')).labProvider,
  kind: async () => inDocker((await import('./kind/tool.ts')).kindTool),
  k3d: async () => inDocker((await import('./k3d/tool.ts')).k3dTool),
  existing: async () => (await import('./existing/existing.ts')).existingProvider,
};
