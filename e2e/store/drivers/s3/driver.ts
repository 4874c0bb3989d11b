import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { lazily } from '../lazily.ts';
import { s3Here } from './here.ts';
import { driverName, placeOfUrl } from './place.ts';

/** An S3 server of its own for each scenario, in a pod that keeps the objects on its node's disk. */
export const s3: StoreDriver = {
  name: driverName,
  called: { store: 'an S3 backup store', server: 'an S3 server' },
  mounted: false,
  image: 'an image with versitygw and bash',
  start: async (...options) => (await import('./served-store.ts')).startStore(...options),
  remove: async (...place) => (await import('./server.ts')).removeStore(...place),
  placeOf: placeOfUrl,
  find: async (...place) => (await import('./served-store.ts')).findStores(...place),
  rights: {
    always: [
      { resource: resources.secrets, verbs: ['create', 'get'] },
      { place: 'longhorn', resource: resources.secrets, verbs: ['create', 'delete'] },
      { place: 'longhorn', resource: resources.secrets, verbs: ['list'], seldom: 'read by a cleanup' },
      { resource: resources.services, verbs: ['create'] },
      { resource: resources.deployments, verbs: ['create'] },
      { resource: resources.pods, verbs: ['list', 'watch'] },
      { resource: resources.pods, subresource: 'portforward', verbs: ['get', 'create'] },
      {
        resource: resources.pods,
        subresource: 'log',
        verbs: ['get'],
        seldom: 'read where a scenario does not pass',
      },
      { resource: resources.events, verbs: ['list'], seldom: 'read where a scenario does not pass' },
    ],
    inSharedNamespace: [
      { resource: resources.secrets, verbs: ['delete'] },
      { resource: resources.services, verbs: ['delete'] },
      { resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
    ],
  },
  heals: {
    denyDeletion: lazily(async () => (await import('./denied-deletion.ts')).allowDeletion),
    foreignLock: lazily(async () => (await import('./foreign-lock.ts')).removeLock),
  },
  here: s3Here,
};
