import { dockerProvider } from '../docker/provider.ts';
import { kindTool } from './tool.ts';

/** A kind cluster, made for a run. */
export const kindProvider = dockerProvider(kindTool);
