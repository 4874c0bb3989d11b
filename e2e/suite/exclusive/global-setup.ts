import { setTimeout } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { findRunConfig } from '../../config/config.ts';
import { openPressureMeter } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import { type BrokerAddress, startBroker } from './broker.ts';
import { adaptConcurrency } from './concurrency.ts';

declare module 'vitest' {
  interface ProvidedContext {
    corralLocks: BrokerAddress;
    /** How many scenarios were at work at once so far, where the machine's load decides that. */
    corralConcurrency: Concurrency;
  }
}

/** How long the machine is looked at before the first scenario begins, in ms: ten samples. */
const lookedAtFor = 1_000;

/**
 * Keeps the locks of a run in the process that all its workers belong to, as long as they are at work. A
 * number of workers is kept to exactly; where only is said how many may have begun, the machine's load decides.
 */
export default async (
  project: Pick<TestProject, 'provide'>,
  openMeter = openPressureMeter,
): Promise<() => Promise<void>> => {
  const { workers: places, begun, scenarios, maxFailures } = findRunConfig(process.env) ?? {};
  // One after the other, nobody comes before the one before it has left.
  const awaited = places === 1 ? undefined : scenarios;
  const { address, claims, stop } = await startBroker({
    ...(places !== undefined && { places }),
    ...(begun !== undefined && { begun }),
    ...(awaited !== undefined && { awaited }),
    ...(maxFailures !== undefined && { maxFailures }),
  });
  project.provide('corralLocks', address);
  if (places !== undefined || begun === undefined) return stop;
  const meter = openMeter();
  await setTimeout(lookedAtFor);
  const adapting = adaptConcurrency(claims, {
    before: meter.take().runQueue,
    take: meter.take,
    told: (concurrency) => project.provide('corralConcurrency', concurrency),
  });
  return async () => {
    adapting.stop();
    meter.close();
    await stop();
  };
};
