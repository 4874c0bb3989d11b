import { expect, test } from 'vitest';
import { wrongDefaults, wrongOptions } from '../../../../e2e/suite/steps/target/mounts.ts';

const wanted = ['nfsvers=4.1', 'timeo=450', 'soft', 'retry=2'];
const url = 'nfs://a:/b?nfsOptions=nfsvers%3D4.1%2Ctimeo%3D450%2Csoft%2Cretry%3D2';
const mount = 'rw,relatime,vers=4.1,rsize=1048576,soft,proto=tcp,timeo=450,retrans=2';

test('options that a URL and each mount have', () => {
  expect(wrongOptions(wanted, { url, mounts: [mount, mount] })).toEqual([]);
});

test('options that are missing, in the URL or in a mount, and those of Longhorn beside them', () => {
  const usual = 'rw,vers=4.2,soft,timeo=300,acregmin=1';
  expect(wrongOptions(wanted, { url: 'nfs://a:/b?nfsOptions=hard', mounts: [mount, usual] })).toEqual([
    'its URL has hard, not nfsvers=4.1,timeo=450,soft,retry=2',
    `a mount has no vers=4.1: ${usual}`,
    `a mount has no timeo=450: ${usual}`,
    `a mount has acregmin=1 too: ${usual}`,
  ]);
  expect(wrongOptions(wanted, { url, mounts: [] })).toEqual(['no longhorn-manager has mounted it']);
});

test('the default options, by NFS 4', () => {
  const usual = 'rw,vers=4.2,acregmin=1,acregmax=1,acdirmin=1,acdirmax=1,soft,timeo=300,retrans=2';
  expect(wrongDefaults([usual])).toEqual([]);
  const other = 'rw,vers=3,acregmin=1,acregmax=1,acdirmin=1,acdirmax=1,hard,timeo=300';
  expect(wrongDefaults([usual, other])).toEqual([
    `a mount has no soft: ${other}`,
    `a mount is not of version 4: ${other}`,
  ]);
  expect(wrongDefaults([])).toEqual(['no longhorn-manager has mounted it']);
});
