import { apiServerReady } from './api-ready.ts';
import { startApiServer } from './control-plane.ts';
import type { Processes } from './processes.ts';
import { type LabSettings, labFiles } from './settings.ts';

/** The lab's API server, through all its starts. */
export type ApiServer = {
  isRunning: () => boolean;
  /** Ends it at once; who was connected finds the connection broken. */
  stop: () => Promise<void>;
  /** Starts it as it was started before, and resolves when it is ready. */
  start: () => Promise<void>;
};

/** Starts the API server for the first time; it may not be ready when this returns. */
export const runApiServer = (settings: LabSettings, processes: Processes): ApiServer => {
  let running = startApiServer(settings, processes);
  const isRunning = () => running.child.exitCode === null && running.child.signalCode === null;
  return {
    isRunning,
    stop: () => running.kill(),
    start: async () => {
      if (!isRunning()) running = startApiServer(settings, processes);
      await apiServerReady(labFiles(settings.dir).pki);
    },
  };
};
