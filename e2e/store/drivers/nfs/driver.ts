import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { rightsInPod } from '../rights.ts';
import { localMountOf } from './mounts.ts';
import { driverName, nfsServer, placeOfUrl } from './place.ts';

/** The driver for NFS. Each scenario has its own server, in a pod that keeps the files on the disk of its node. */
export const nfs: StoreDriver = {
  name: driverName,
  called: { store: 'an NFS backup store', server: 'an NFS server' },
  mounted: true,
  image: 'an image with nfs-ganesha, e2fsprogs and bash',
  start: async (...options) => (await import('./served-store.ts')).startStore(...options),
  remove: async (...place) => (await import('../server.ts')).removeServer(...place, resources.configMaps),
  placeOf: placeOfUrl,
  find: async (...place) => (await import('../folder/served-store.ts')).findStores(...place, nfsServer),
  rights: rightsInPod({ resource: resources.configMaps, verbs: ['create'] }, 'exec'),
  access: { folder: nfsServer, endableServer: true, managerMount: true },
  localReader: {
    scheme: 'nfs',
    words: {
      folder: 'the export of an NFS server',
      url: 'nfs://HOST:/PATH if it is mounted on this machine',
      wanted: 'the nfs:// URL of a store that is mounted here',
    },
    find: localMountOf,
  },
};
