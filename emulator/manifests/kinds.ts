import { backupKinds } from './backup-kinds.ts';
import type { Kind } from './kind.ts';
import { nodeKinds } from './node-kinds.ts';
import { recurringJobKind } from './recurring-job-kind.ts';
import { volumeKinds } from './volume-kinds.ts';

/** All kinds that the emulator serves. */
export const kinds: Kind[] = [...volumeKinds, ...backupKinds, ...nodeKinds, recurringJobKind];
