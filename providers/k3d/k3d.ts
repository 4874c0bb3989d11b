import { dockerProvider } from '../docker/provider.ts';
import { k3dTool } from './tool.ts';

/** A k3d cluster, made for a run. */
export const k3dProvider = dockerProvider(k3dTool);
