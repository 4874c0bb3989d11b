import type { Volume } from '../longhorn/objects.ts';
import type { ManagerContext } from '../manager/context.ts';
import { hasRoomForHeader, labels, labelsEncrypted } from '../modelled-on.ts';

const header = 16 * 2 ** 20;

type Labels = Record<string, string> | null | undefined;

const isEncrypted = ({ version, mutant }: ManagerContext, labelsInStore: Labels): boolean =>
  labelsEncrypted(version) &&
  mutant !== 'fixed:encrypted-backup-hangs-as-plain' &&
  labelsInStore?.[labels.encrypted] === 'enabled';

/**
 * The size in bytes that Longhorn reports of a volume in a store: without the header of its encryption. Throws if it
 * is smaller than that (longhorn-manager, controller/utils.go, getCorrectedEncryptedVolumeSize).
 */
export const reportedSize = (context: ManagerContext, size: string, labelsInStore: Labels): string => {
  if (!isEncrypted(context, labelsInStore)) return size;
  const corrected = Number(size) - header;
  if (corrected < 0) throw new Error(`corrected volume size is negative: ${corrected}`);
  return String(corrected);
};

/** The size in bytes of the device of a volume. That of an encrypted one has room for the header too. */
export const deviceSize = (
  { version, mutant }: Pick<ManagerContext, 'version' | 'mutant'>,
  { spec }: Volume,
): number => {
  const isLarger =
    spec.encrypted === true && hasRoomForHeader(version) && mutant !== 'encryption-takes-space';
  return Number(spec.size) + (isLarger ? header : 0);
};
