import type { TestProject } from 'vitest/node';
import { parseWorkers } from '../../environment.ts';
import { type BrokerAddress, startBroker } from './broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    corralLocks: BrokerAddress;
  }
}

/** Keeps the locks of a run in the process that all its workers belong to, as long as they are at work. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const places = parseWorkers(process.env);
  const { address, stop } = await startBroker(places === undefined ? {} : { places });
  project.provide('corralLocks', address);
  return stop;
};
