import type { TestProject } from 'vitest/node';
import { findRunConfig } from '../../config/config.ts';
import { type BrokerAddress, startBroker } from './broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    corralLocks: BrokerAddress;
  }
}

/** Keeps the locks of a run in the process that all its workers belong to, as long as they are at work. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const { workers: places, begun, scenarios, maxFailures } = findRunConfig(process.env) ?? {};
  // One after the other, nobody comes before the one before it has left.
  const awaited = places === 1 ? undefined : scenarios;
  const { address, stop } = await startBroker({
    ...(places !== undefined && { places }),
    ...(begun !== undefined && { begun }),
    ...(awaited !== undefined && { awaited }),
    ...(maxFailures !== undefined && { maxFailures }),
  });
  project.provide('corralLocks', address);
  return stop;
};
