import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { mountedAt } from '../mounts.ts';
import { rightsInPod } from '../rights.ts';
import { cifsServer, driverName, placeOfUrl } from './place.ts';

/** The driver for CIFS. Each scenario has its own server, in a pod that keeps the files on the disk of its node. */
export const cifs: StoreDriver = {
  name: driverName,
  called: { store: 'a CIFS backup store', server: 'a CIFS server' },
  mounted: true,
  image: 'an image with Samba, e2fsprogs and bash',
  start: async (...options) => (await import('./server.ts')).startStore(...options),
  remove: async (...place) => (await import('./server.ts')).removeStore(...place),
  placeOf: placeOfUrl,
  find: async (...place) => (await import('../folder/served-store.ts')).findStores(...place, cifsServer),
  rights: rightsInPod({ resource: resources.secrets, verbs: ['create'] }, 'exec', [
    { place: 'longhorn', resource: resources.secrets, verbs: ['create', 'delete'] },
    { place: 'longhorn', resource: resources.secrets, verbs: ['list'], rareUse: 'read by a cleanup' },
  ]),
  access: { folder: cifsServer },
  localReader: {
    scheme: driverName,
    words: {
      folder: 'the share of a CIFS server',
      url: 'cifs://HOST/SHARE if it is mounted on this machine',
      wanted: 'the cifs:// URL of a store that is mounted here',
    },
    find: async (url) => {
      const [, place = ''] = /^cifs:\/\/([^/?]+\/[^?]+?)\/*(?:\?.*)?$/i.exec(url) ?? [];
      if (place === '')
        return { problem: `${url}: the URL of a CIFS store is cifs://HOST/SHARE`, wrong: true };
      const share = `//${place}`;
      return mountedAt(url, { types: /^(cifs|smb3)$/, share, mount: `mount -t cifs -o ro ${share} DIR` });
    },
  },
};
