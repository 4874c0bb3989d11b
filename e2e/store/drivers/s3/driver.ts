import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { lazily } from '../lazily.ts';
import { rightsInPod } from '../rights.ts';
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
  rights: rightsInPod({ resource: resources.secrets, verbs: ['create', 'get'] }, 'portforward', [
    { place: 'longhorn', resource: resources.secrets, verbs: ['create', 'patch', 'delete'] },
    { place: 'longhorn', resource: resources.secrets, verbs: ['list'], seldom: 'read by a cleanup' },
  ]),
  heals: {
    denyDeletion: lazily(async () => (await import('./denied-deletion.ts')).allowDeletion),
    wrongAnswers: lazily(async () => (await import('./wrong-answers.ts')).answerRightly),
    foreignLock: lazily(async () => (await import('./served-store.ts')).removeServedLock),
    keepVersions: lazily(async () => (await import('./kept-versions.ts')).endRetention),
    replaceKey: lazily(async () => (await import('./replaced-key.ts')).admitKeys),
  },
  here: s3Here,
};
