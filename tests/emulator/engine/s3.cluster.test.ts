import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockPath, volumePath } from '../../../emulator/backupstore/paths.ts';
import { clocks } from '../../../emulator/clocks.ts';
import { runEngineCommand } from '../../../emulator/engine/command.ts';
import { s3ServerArtifact } from '../../../lab/build/s3-server.ts';
import { ensureCached } from '../../../lab/cache/cache.ts';
import { type LocalS3, startS3Server } from '../../support/s3-server.ts';

const recordings = new URL('../../../fixtures/recordings/', import.meta.url);
const recorded = new URL('store-v1.12.1/', recordings);
const volume = 'sample-a';
const own = { access: 'limited', secret: 'limited-secret' };
const clock = { ...clocks.fast, lockWait: 20, lockExpiry: 60_000, blockRetries: [1] };

let server: LocalS3;
let secured: LocalS3;
let certificate: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-s3-engine-'));
  const pems = await generate([{ name: 'commonName', value: 'store' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  certificate = pems.cert;
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await writeFile(files.cert, pems.cert);
  await writeFile(files.key, pems.private);
  [server, secured] = await Promise.all([startS3Server(), startS3Server(files)]);
  // Nobody denies anything to the root user.
  await promisify(execFile)(join(await ensureCached(await s3ServerArtifact()), 'versitygw'), [
    ...['admin', '--access', server.accessKeyId, '--secret', server.secretAccessKey],
    ...['--endpoint-url', server.endpoint],
    ...['create-user', '--access', own.access, '--secret', own.secret, '--role', 'user'],
  ]);
});
afterAll(async () => {
  await Promise.all([server, secured].map((each) => each?.stop()));
  await rm(folder, { recursive: true, force: true });
});

type Denied = { action: string; key?: string; prefix?: string };

/** Lets the user do anything in the bucket but what is denied. */
const allow = async (denied?: Denied): Promise<void> => {
  const { endpoint, region, bucket, ...credentials } = server;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  const of = (what: object) => ({ Principal: { AWS: [own.access] }, ...what });
  const all = `arn:aws:s3:::${bucket}`;
  const Statement = [of({ Effect: 'Allow', Action: 's3:*', Resource: [all, `${all}/*`] })];
  if (denied) {
    const { action, key, prefix } = denied;
    const Condition = prefix && { StringLike: { 's3:prefix': [prefix] } };
    const Resource = key === undefined ? all : `${all}/${key}`;
    Statement.push(of({ Effect: 'Deny', Action: `s3:${action}`, Resource, Condition }));
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  client.destroy();
};

const emulated = async (args: string[], environment: Record<string, string>) => {
  const said: string[] = [];
  const nothing = () => Promise.reject(new Error('nothing is mounted for a bucket'));
  const code = await runEngineCommand(args, {
    ...{ clock, mutant: undefined, environment, mounts: { mount: nothing, unmount: nothing } },
    out: (text) => said.push(text),
    err: () => undefined,
    untilReleased: async () => true,
  });
  return { code, said: said.join('') };
};

const base = 'store';
const below = `${base}/${volumePath(volume)}`;
const url = (bucket = 'backups', region = 'us-east-1') => `s3://${bucket}@${region}/${base}/`;
const ls = ['backup', 'ls', '--volume-only', url()];
const ofBackup = `${url()}?backup=sample-a-b1&volume=${volume}`;
const rm1 = ['backup', 'rm', ofBackup];

const loginOf = ({ endpoint, accessKeyId, secretAccessKey }: Omit<LocalS3, 'log' | 'stop'>) => ({
  ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINTS: endpoint },
});
const environment = (): Record<string, string> => ({
  ...loginOf({ ...server, accessKeyId: own.access, secretAccessKey: own.secret }),
  VIRTUAL_HOSTED_STYLE: 'false',
});

/** The recorded store, its blocks being there but empty: nobody reads them. */
const putStore = async (): Promise<void> => {
  await rm(join(server.folder, base), { recursive: true, force: true });
  const folder = join(server.folder, below);
  await mkdir(folder, { recursive: true });
  for (const name of ['volume.cfg', 'backups'])
    await cp(new URL(name, recorded), join(folder, name), { recursive: true });
  for (const line of (await readFile(new URL('listing.txt', recorded), 'utf8')).split('\n')) {
    const [path = ''] = line.split('\t');
    if (!path.startsWith('blocks/')) continue;
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), 'x');
  }
};

const putLock = async (): Promise<void> => {
  const file = join(server.folder, base, lockPath(volume, 'lock-x'));
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '{"Name":"lock-x","Type":1,"Acquired":true}');
};

/** What is there of the volume: its files, of blocks only how many. */
const left = async (): Promise<string[]> => {
  const all = await readdir(join(server.folder, below), { recursive: true });
  const files = all.filter((path) => /\.\w+$/.test(path));
  const blocks = files.filter((path) => path.endsWith('.blk'));
  return [...files.filter((path) => !blocks.includes(path)).sort(), `${blocks.length} blocks`];
};

const noListing = (prefix: string): Denied => ({ action: 'ListBucket', prefix });
const no = (action: string, key: string): Denied => ({ action, key });

type Situation = {
  args?: string[];
  environment?: () => Record<string, string>;
  denied?: Denied;
  prepare?: () => Promise<void>;
};

const situations: Record<string, Situation> = {
  'nothing is wrong': {},
  'no such bucket': { args: ['backup', 'ls', url('missing')] },
  'a wrong secret': { environment: () => ({ AWS_SECRET_ACCESS_KEY: 'wrong' }) },
  'an unknown key': { environment: () => ({ AWS_ACCESS_KEY_ID: 'nobody' }) },
  'another region': { args: ['backup', 'ls', url('backups', 'eu-west-1')] },
  'no region': { args: ['backup', 'ls', 's3://backups/store/'] },
  'no path': { args: ['backup', 'ls', 's3://backups@us-east-1'] },
  'no certificate': { environment: () => ({ AWS_CERT: 'rubbish' }) },
  'nobody listens': { environment: () => ({ AWS_ENDPOINTS: 'http://127.0.0.1:9' }) },
  'a certificate that nobody knows': { environment: () => ({ AWS_ENDPOINTS: secured.endpoint }) },
  'a certificate that is known': { environment: () => ({ ...loginOf(secured), AWS_CERT: certificate }) },
  'no TLS': { environment: () => ({ AWS_ENDPOINTS: server.endpoint.replace('http', 'https') }) },
  'the bucket cannot be listed': { denied: { action: 'ListBucket' } },
  'the volumes cannot be listed': { denied: noListing(`${base}/backupstore/volumes/*`) },
  'the folders of volumes cannot be listed': { denied: noListing(`${base}/backupstore/volumes/8b/`) },
  'the backups cannot be listed': {
    args: ['backup', 'ls', '--volume', volume, url()],
    denied: noListing(`${below}/backups/`),
  },
  'a config cannot be read': {
    args: ['backup', 'inspect', ofBackup],
    denied: no('GetObject', `${below}/backups/backup_sample-a-b1.cfg`),
  },
  'a deletion': { args: rm1 },
  'a deletion beside an upload': { args: rm1, prepare: putLock },
  'a deletion without the right to delete': { args: rm1, denied: no('DeleteObject', `${below}/backups/*`) },
  'a deletion without the right to write': { args: rm1, denied: no('PutObject', `${base}/*`) },
  'a deletion while volume.cfg cannot be read': { args: rm1, denied: no('GetObject', `${below}/volume.cfg`) },
  'a deletion while the backups cannot be listed': { args: rm1, denied: noListing(`${below}/backups/`) },
  'a deletion beside an upload while the locks cannot be listed': {
    args: rm1,
    prepare: putLock,
    denied: noListing(`${below}/locks/`),
  },
  'a deletion while the blocks cannot be listed': { args: rm1, denied: noListing(`${below}/blocks/`) },
  'a deletion while some of the blocks cannot be listed': {
    args: rm1,
    denied: noListing(`${below}/blocks/17/`),
  },
  'a deletion of blocks without the right to': { args: rm1, denied: no('DeleteObject', `${below}/blocks/*`) },
  'a deletion of the volume': { args: ['backup', 'rm', '--volume', volume, url()] },
};

const runSituation = async (name: string) => {
  const { args = ls, environment: other, denied, prepare } = situations[name] ?? {};
  await putStore();
  await allow(denied);
  await prepare?.();
  const ended = await emulated(args, { ...environment(), ...other?.() });
  const isLookedAt = ended.code === 0 || args === rm1;
  return { ...ended, left: isLookedAt ? await left().catch(() => []) : undefined };
};

type SituationEnd = Awaited<ReturnType<typeof runSituation>>;

// Without what differs from run to run, and what a listing says beyond names, which nobody reads.
const comparable = ({ code, said, left: files }: SituationEnd) => ({
  code,
  left: files,
  said: said.startsWith('{')
    ? Object.entries<{ Backups?: object }>(JSON.parse(said)).map(([name, { Backups = {} }]) => [
        name,
        ...Object.keys(Backups),
      ])
    : said
        .trim()
        .replace(/0x[0-9a-f]+/g, '0x')
        .replace(/lock-[0-9a-f]{16}/g, 'lock-')
        .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS'),
});

const file = new URL('s3-v1.12.1/words.json', recordings);
const words: Record<string, SituationEnd> = JSON.parse(await readFile(file, 'utf8'));

test('each situation that is recorded is tried', () => {
  expect(Object.keys(words)).toEqual(Object.keys(situations));
});

test.each(Object.keys(situations))('on a bucket it says what a real engine says: %s', async (name) => {
  expect(comparable(await runSituation(name))).toEqual(comparable(words[name] as SituationEnd));
});

test('keys are removed by what they begin with: not those of a neighbour', async () => {
  await putStore();
  await allow();
  const neighbour = join(server.folder, base, `${volumePath(volume)}2`, 'volume.cfg');
  await mkdir(join(neighbour, '..'), { recursive: true });
  await writeFile(neighbour, '{}');
  const { code } = await emulated(['backup', 'rm', '--volume', volume, url()], environment());
  expect(code).toBe(0);
  expect(await left().catch(() => [])).toEqual([]);
  expect(await readFile(neighbour, 'utf8')).toBe('{}');
});
