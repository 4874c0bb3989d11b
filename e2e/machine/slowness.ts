import { describePressure, type KeptPressure } from './load.ts';

/** Measurements at the start of a cluster, or at the first contact with an existing one. Times are in ms. */
export type StartTimes = {
  /** From the API server's first response until all nodes of a lab were Ready. */
  nodesReady?: number | undefined;
  /** How long the API server itself took for a read from its store: the median of several. */
  read?: number | undefined;
  /** How busy this machine was during that time. */
  pressure: KeptPressure;
};

/** How slow a machine is compared with the one of the README (two idle processors), with the measurements. */
export type Machine = {
  /** 1 is as fast as that machine; 2 means that work takes twice as long. From 1 to 6, in tenths. */
  slowness: number;
  measured: StartTimes;
  /** The factor of the emulator's waits relative to its fast clock, or `real`. Missing without an emulator. */
  emulatorClock?: string | undefined;
};

// The times of the README's machine while idle, in ms.
const reference = { nodesReady: 3_000, read: 5 };

const most = 6;

/** How many times longer work takes than on the README's machine, from the measurements. From 1 to 6, in tenths. */
export const slownessOf = ({ nodesReady = 0, read = 0 }: StartTimes): number => {
  const times = Math.max(nodesReady / reference.nodesReady, read / reference.read);
  return Math.round(Math.min(most, Math.max(1, times)) * 10) / 10;
};

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

const describeMeasured = ({ nodesReady, read, pressure }: StartTimes): string =>
  [
    ...(nodesReady === undefined
      ? []
      : [`its nodes were Ready after ${seconds(nodesReady)} (reference: ${seconds(reference.nodesReady)})`]),
    ...(read === undefined
      ? []
      : [`the API server read from its store in ${Math.round(read)} ms (reference: ${reference.read} ms)`]),
    describePressure(pressure),
  ].join('; ');

/** Describes how slow the machine is, with the measurements. */
export const describeMachine = ({ slowness, measured }: Machine): string =>
  `${slowness === 1 ? 'as fast as the reference' : `${slowness} times slower than the reference`}: ${describeMeasured(measured)}`;

/** Describes the consequences: the emulator's clock, and the time-outs of work. */
export const describeFollowing = ({ slowness, emulatorClock }: Machine): string[] => {
  const times = slowness === 1 ? 'as long as usual' : `${slowness} times as long as usual`;
  const clock =
    emulatorClock === undefined
      ? []
      : [
          {
            real: "Emulator's clock: Longhorn's own",
            fast: "Emulator's clock: its fast one",
            1: "Emulator's clock: its fast one",
          }[emulatorClock] ?? `Emulator's clock: ${emulatorClock} times its fast one`,
        ];
  return [...clock, `Time-outs of work: ${times}`];
};
