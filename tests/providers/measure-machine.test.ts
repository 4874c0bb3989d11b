import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { emulatorSize } from '../../providers/emulator-target.ts';
import { installMeasured, measureMachine } from '../../providers/measure-machine.ts';
import { plainProgress } from '../../providers/progress.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const signal = new AbortController().signal;

test('what the way to an API server takes is not what it takes to read', async () => {
  const namespace = { metadata: { name: 'kube-system' } };
  const far = stubCluster({
    objects: { namespaces: [namespace] },
    version: () => sleep(200, 'v1'),
    onAsk: () => sleep(200),
  });
  const busy = stubCluster({
    objects: { namespaces: [namespace] },
    version: async () => 'v1',
    onAsk: () => sleep(200),
  });
  const [ofFar, ofBusy] = [await measureMachine({ read: far }), await measureMachine({ read: busy })];
  expect(ofBusy.measured.read).toBeGreaterThan(190);
  expect(ofBusy.slowness).toBe(6);
  expect(ofFar.measured.read).toBeLessThan(150);
});

test('what is installed may follow the speed of the machine, and both are reported', async () => {
  const said: string[] = [];
  const target = {
    ...{ name: 'emulator', archives: [], size: emulatorSize, maxBegunPerCpu: 1, manifest: async () => '' },
    install: async ({ slowness }: { slowness: Promise<number> }) => ({
      version: 'v1',
      emulatorClock: `${2 * (await slowness)}`,
    }),
  };
  const on = { kubeconfig: 'k', nodes: [], signal, progress: plainProgress((line) => said.push(line)) };
  const installed = await installMeasured(target, {
    ...on,
    how: { booted: () => sleep(20), since: performance.now() - 90_000 },
  });
  expect(installed).toMatchObject({
    target: { name: 'emulator', version: 'v1' },
    machine: { slowness: 6, emulatorClock: '12', measured: { nodesReady: expect.any(Number) } },
  });
  expect(said).toEqual([
    expect.stringMatching(/^The machine is 6 times slower than the reference: its nodes were Ready after 9/),
    "Emulator's clock: 12 times its fast one",
    'Time-outs of work: 6 times as long as usual',
  ]);
});

test('an installation that fails before it is known how slow the machine is fails by its own error', async () => {
  const target = {
    ...{ name: 'emulator', archives: [], size: emulatorSize, maxBegunPerCpu: 1, manifest: async () => '' },
    install: () => Promise.reject(new Error('no room')),
  };
  const late = sleep(10).then(() => Promise.reject(new Error('no node came')));
  const on = { kubeconfig: 'k', nodes: [], signal, progress: plainProgress(() => {}) };
  await expect(installMeasured(target, { ...on, how: { booted: () => late, since: 0 } })).rejects.toThrow(
    'no room',
  );
  // An unhandled rejection would end the process now.
  await late.catch(() => sleep(1));
});
