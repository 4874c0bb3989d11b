import { once } from '../../../history/expectation.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { stays } from '../judging.ts';
import { inMebibytes } from '../sizes.ts';
import { writeData } from './data.ts';
import { makeRestoredVolume } from './restored.ts';
import { makeSnapshot } from './snapshot.ts';
import { describeVolume, isHealthy, makeVolume, removeVolume, staysHealthy } from './volume.ts';

/** The steps that make volumes and what is in them; sizes are in bytes. */
export const createGivenOfVolumes = (context: Context) => ({
  /** A volume attached to a node. */
  volume: ({ size, node }: { size: number; node?: string }): Promise<VolumeHandle> => {
    const where = ({ name, node }: VolumeHandle): string => `${name} on ${node}`;
    return !context.without.includes('block-device')
      ? context.step.returning(
          `Given a volume of ${inMebibytes(size)}, attached to a node`,
          () => makeVolume(context, { size, ...(node !== undefined && { node }) }),
          where,
        )
      : context.step.returning(
          `Given a volume of ${inMebibytes(size)}, restored from a backup that was written into the store, attached to a node without a frontend`,
          () => makeRestoredVolume(context, { size }),
          where,
        );
  },
  /** Random data in a stretch of a volume (whole MiB). */
  data: (volume: VolumeHandle, { offset, size }: { offset: number; size: number }) =>
    context.step.returning(
      `Given ${inMebibytes(size)} of random data in the volume, from ${inMebibytes(offset)} on`,
      async (): Promise<WrittenData> =>
        volume.restored === undefined ? writeData(context, { volume, offset, size }) : { offset, size },
      ({ sha256 }) =>
        sha256 === undefined ? 'they came with the volume, and nothing new is written' : `sha256 ${sha256}`,
    ),
  /** A snapshot that can be backed up. */
  snapshot: (volume: VolumeHandle) =>
    context.step.returning(
      'Given a snapshot of the volume',
      () => makeSnapshot(context, volume),
      ({ name }) => name,
    ),
});

/** The step that takes a volume away. */
export const createWhenOfVolumes = (context: Context) => ({
  /** The volume goes, and its snapshots with it; its backups stay. */
  volumeRemoved: (volume: VolumeHandle) =>
    context.step('When the volume is removed', () => removeVolume(context, volume)),
});

/** The steps that judge how a volume is. */
export const createThenOfVolumes = ({ step, timelines: { volumes }, timeouts }: Context) => ({
  /** From before the backup was asked for, and for a while from now on. */
  staysHealthy: (volume: VolumeHandle, { since }: { since: BackupHandle }) =>
    step(`Then the volume stays healthy, since ${since.label} was asked for`, () =>
      stays(
        staysHealthy(volumes, { name: volume.name, from: since.since.made }),
        timeouts.lookActedOn.within,
      ),
    ),
  healthy: ({ name }: VolumeHandle) =>
    step('Then the volume is healthy', () =>
      once(volumes, isHealthy().matches, {
        name,
        label: `volume ${name} is attached and healthy`,
        describe: describeVolume,
        ...timeouts.rebuilt,
      }),
    ),
});
