import type { StoreDriver } from '../../driver.ts';
import { lazily } from '../lazily.ts';
import type { ServerKind } from '../server.ts';

/** What heals a store that a server has in a folder of its pod, whatever it serves it by. */
export const folderHeals = (server: ServerKind) =>
  ({
    denyDeletion: lazily(async () => (await import('./immutable-file.ts')).makeMutable(server)),
    foreignLock: lazily(async () => (await import('./foreign-lock.ts')).removeLock),
    stall: lazily(async () => (await import('./stalled-server.ts')).letServerRun),
    denyReading: lazily(async () => (await import('./denied-reading.ts')).allowReading(server)),
    emptyFile: lazily(async () => (await import('./emptied-file.ts')).fillFile(server)),
    hideFile: lazily(async () => (await import('./hidden-file.ts')).bringBack(server)),
    littleSpace: lazily(async () => (await import('./filled-store.ts')).makeSpace(server)),
  }) satisfies StoreDriver['heals'];
