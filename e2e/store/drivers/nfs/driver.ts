import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { lazily } from '../lazily.ts';
import { mountedHere } from './mounts.ts';
import { driverName, placeOfUrl } from './place.ts';

/** An NFS server of its own for each scenario, in a pod that keeps the files on its node's disk. */
export const nfs: StoreDriver = {
  name: driverName,
  called: { store: 'an NFS backup store', server: 'an NFS server' },
  mounted: true,
  image: 'an image with nfs-ganesha, e2fsprogs and bash',
  start: async (...options) => (await import('./served-store.ts')).startStore(...options),
  remove: async (...place) => (await import('../server.ts')).removeServer(...place, resources.configMaps),
  placeOf: placeOfUrl,
  find: async (...place) => (await import('./served-store.ts')).findStores(...place),
  rights: {
    always: [
      { resource: resources.configMaps, verbs: ['create'] },
      { resource: resources.services, verbs: ['create'] },
      { resource: resources.deployments, verbs: ['create'] },
      { resource: resources.pods, verbs: ['list', 'watch'] },
      { resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },
      {
        resource: resources.pods,
        subresource: 'log',
        verbs: ['get'],
        seldom: 'read where a scenario does not pass',
      },
      { resource: resources.events, verbs: ['list'], seldom: 'read where a scenario does not pass' },
    ],
    inSharedNamespace: [
      { resource: resources.configMaps, verbs: ['delete'] },
      { resource: resources.services, verbs: ['delete'] },
      { resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
    ],
  },
  heals: {
    denyDeletion: lazily(async () => (await import('./immutable-file.ts')).makeMutable),
    foreignLock: lazily(async () => (await import('./foreign-lock.ts')).removeLock),
    stall: lazily(async () => (await import('./stalled-server.ts')).letServerRun),
    readOnlyBackups: lazily(async () => (await import('./read-only-backups.ts')).makeWritable),
    denyReading: lazily(async () => (await import('./denied-reading.ts')).allowReading),
    littleSpace: lazily(async () => (await import('./filled-store.ts')).makeSpace),
  },
  here: {
    scheme: 'nfs',
    words: {
      folder: 'what an NFS server exports, a mount of it',
      url: 'nfs://HOST:/PATH where that is mounted on this\nmachine',
      wanted: 'the nfs:// URL of a store that is mounted here',
    },
    find: mountedHere,
  },
};
