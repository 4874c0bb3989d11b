import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { redact } from '../../e2e/kube/redact/redact.ts';
import { openClient } from '../../e2e/store/drivers/s3/client.ts';
import { s3Source } from '../../e2e/store/drivers/s3/s3-source.ts';
import { folderSource } from '../../e2e/store/format/folder-source.ts';
import { blockPath, volumeFolder } from '../../e2e/store/format/layout.ts';
import type { StoreEntry, StoreSource } from '../../e2e/store/format/source.ts';
import { checksums, type Files, layOut, soundStore, volume } from '../store/support/sound-store.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { type LocalS3, startS3Server } from '../support/s3-server.ts';
import { end, listen } from '../support/serving.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const region = 'us-east-1';
const name = `s3://backups@${region}/a/store`;
const firstBlock = checksums[0] as string;

let server: LocalS3;
beforeAll(async () => {
  server = await startS3Server();
  await put(soundStore(), 'a/store');
});
afterAll(() => server.stop());
beforeEach(() => use({}));

const put = async (files: Files, prefix: string): Promise<string> => {
  const { root, remove } = await layOut(files);
  const folder = join(server.folder, prefix);
  await cp(root, folder, { recursive: true, preserveTimestamps: true });
  await remove();
  return folder;
};

// What the AWS CLI would find, and nothing of who runs the test.
const use = (variables: Record<string, string | undefined>): void => {
  for (const name of ['SESSION_TOKEN', 'REGION', 'DEFAULT_REGION', 'PROFILE', 'CA_BUNDLE'])
    vi.stubEnv(`AWS_${name}`, undefined);
  const all = {
    AWS_ENDPOINT_URL: server.endpoint,
    ...{ AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', ...variables },
  };
  for (const [variable, value] of Object.entries(all)) vi.stubEnv(variable, value);
};

const store = (...args: string[]) => runInProcess(() => runStoreCommand(args));

type Passed = { body: Buffer; headers: IncomingMessage['headers']; status: number };

type Meddle = (
  url: string,
  pass: () => Promise<Passed>,
  response: ServerResponse,
) => Promise<Passed | undefined>;

/** A proxy before the server; `meddle` may answer itself, or change what the server has answered. */
const through = async (meddle: Meddle): Promise<void> => {
  const { hostname, port } = new URL(server.endpoint);
  const proxy = createServer(async (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const pass = () =>
      new Promise<Passed>((resolve, reject) => {
        const onward = request({ hostname, port, method, path: url, headers }, async (answer) => {
          const parts: Buffer[] = [];
          for await (const part of answer) parts.push(part);
          resolve({ body: Buffer.concat(parts), headers: answer.headers, status: answer.statusCode ?? 0 });
        });
        onward.on('error', reject);
        incoming.pipe(onward);
      });
    const answer = await meddle(url, pass, response);
    if (answer === undefined) return;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(answer.body);
  });
  const at = await listen(proxy);
  onTestFinished(() => end(proxy));
  use({ AWS_ENDPOINT_URL: `http://127.0.0.1:${at}` });
};

const refusal = (status: number, code: string): Passed => ({
  ...{ status, headers: { 'content-type': 'application/xml', 'x-amz-request-id': '1' } },
  body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`),
});
const failed = (why: string, url = name) => ({ stdout: '', stderr: `store: ${url}: ${why}`, exitCode: 3 });
/** The same of the server that the command was led to. */
const failedAt = (why: string) => failed(`${process.env.AWS_ENDPOINT_URL} ${why}`);

const all = async (source: StoreSource, folder: string, depth: number): Promise<StoreEntry[]> => {
  const entries: StoreEntry[] = [];
  const met = new Set([folder]);
  for await (const entry of source.walk(folder, depth)) {
    expect(met).toContain(entry.path.slice(0, entry.path.lastIndexOf('/')));
    met.add(entry.path);
    const isFolder = entry.kind === 'folder';
    const changedAt = isFolder ? 0 : Math.floor(entry.changedAt / 1000);
    entries.push({ ...entry, changedAt, size: isFolder ? 0 : entry.size });
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

test('a bucket is walked as the folder is that it was copied from, however deep, in pages as well', async () => {
  const folder = await put(new Map([...soundStore(), ['odd name+1%/ä', 'x']]), 'walked');
  const many = join(folder, volumeFolder(volume), 'blocks/zz/many');
  await mkdir(many, { recursive: true });
  // Two pages of a list.
  for (let number = 0; number < 1100; number += 1) await writeFile(join(many, `${number}`), '');
  // Deeper than a volume's folder is looked into.
  await mkdir(join(many, 'deeper/yet'), { recursive: true });
  await writeFile(join(many, 'deeper/yet/file'), '');
  const client = await openClient(server);
  // As some programs make a folder.
  await client.putObject({ Bucket: 'backups', Key: 'walked/backupstore/volumes/', ContentLength: 0 });
  const source = s3Source({ client, bucket: 'backups', prefix: 'walked' });
  const local = folderSource(join(folder, 'backupstore'));
  for (const [path, depth] of [
    ['backupstore', 1],
    ['backupstore', 12],
    [volumeFolder(volume), 4],
    [`${volumeFolder(volume)}/blocks/zz/many`, 1],
    ['backupstore/nothing', 5],
  ] as const)
    expect(await all(source, path, depth), `${path}, ${depth} deep`).toEqual(await all(local, path, depth));
});

test('the keys of a profile are taken, and never printed', async () => {
  const file = join(await temporaryFolder(), 'credentials');
  const profile = (of: string, secret: string): string =>
    `[${of}]\naws_access_key_id = ${server.accessKeyId}\naws_secret_access_key = ${secret}\n`;
  await writeFile(file, profile('good', server.secretAccessKey) + profile('bad', 'planted-1n-a-profile'));
  const of = (AWS_PROFILE: string) => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    use({ ...none, AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE });
    return store('ls', name);
  };
  expect(await of('good')).toMatchObject({ stderr: '', exitCode: 0 });
  expect((await of('bad')).stderr).toContain('does not accept the signature');
  expect(redact('planted-1n-a-profile')).toBe('[redacted: secret key of S3]');
});

test('fsck finds in a bucket what it finds in a folder', async () => {
  const files = soundStore();
  const damaged = Buffer.from(files.get(blockPath(firstBlock)) as Uint8Array);
  damaged[100] = (damaged[100] as number) ^ 1;
  files.set(blockPath(firstBlock), damaged);
  files.delete(blockPath(checksums[1] as string));
  files.set('backups/backup_b3.cfg', '{"Name":"b3"').set('blocks/da/what.txt', 'x');
  files.set('locks/lock-1.lck', '{"Name":"lock-1","Type":1,"Acquired":true}');
  const folder = await put(files, 'damaged');
  const findings = async (of: string) => {
    const { stdout, exitCode } = await store('fsck', '--output', 'json', of);
    const { store: _, ...found } = JSON.parse(stdout.replaceAll(/written \d+ s ago/g, 'written ago'));
    return { found, exitCode };
  };
  const here = await findings(folder);
  expect(here.found.findings.length).toBeGreaterThan(4);
  expect(await findings(`s3://backups@${region}//damaged/backupstore/`)).toEqual(here);
});

test('over TLS, with a certificate of its own', async () => {
  const folder = await temporaryFolder();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'store' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await writeFile(files.cert, cert);
  await writeFile(files.key, key);
  const secure = await startS3Server(files);
  onTestFinished(secure.stop);
  await mkdir(join(secure.folder, 'a/store/backupstore/volumes'), { recursive: true });
  await writeFile(join(secure.folder, 'a/store/backupstore/volumes/x'), '');
  const listWith = async (variables: Record<string, string>) => {
    use({ AWS_ENDPOINT_URL: secure.endpoint, ...variables });
    return store('ls', name);
  };
  expect((await listWith({ AWS_CA_BUNDLE: files.cert })).stdout).toBe(`${name} holds no volume`);
  const untrusted = `the certificate of ${secure.endpoint} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`;
  expect(await listWith({})).toEqual(failed(`${untrusted}: name the file of its CA in AWS_CA_BUNDLE`));
  const byName = secure.endpoint.replace('127.0.0.1', 'localhost');
  expect((await listWith({ AWS_CA_BUNDLE: files.cert, AWS_ENDPOINT_URL: byName })).stderr).toContain(
    'is for another name',
  );
  const plain = secure.endpoint.replace('https', 'http');
  expect(await listWith({ AWS_ENDPOINT_URL: plain })).toEqual(
    failedAt('breaks the connection, as servers do that speak TLS (ECONNRESET)'),
  );
});

test.for<[why: string, variables: Record<string, string | undefined>, url?: string]>([
  ['SERVER has no bucket other', {}, `s3://other@${region}/a/store`],
  ['SERVER does not know the access key: look at AWS_ACCESS_KEY_ID', { AWS_ACCESS_KEY_ID: 'nobody-at-all' }],
  [
    'the session token has expired or is wrong: get new credentials (AWS_SESSION_TOKEN)',
    { AWS_SESSION_TOKEN: 'wrong-session-token' },
  ],
  [`bucket backups is not in region eu-west-1 but in ${region}`, {}, 's3://backups@eu-west-1/a/store'],
  ['no region is named: write s3://BUCKET@REGION/PREFIX, or set AWS_REGION', {}, 's3://backups/a/store'],
  [
    'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
    { AWS_ACCESS_KEY_ID: undefined },
  ],
  ['http://127.0.0.1:9 cannot be reached: ECONNREFUSED', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }],
  [
    'AWS_ENDPOINT_URL is no URL: it is to be http://HOST:PORT or https://HOST:PORT',
    { AWS_ENDPOINT_URL: 'localhost:9000' },
  ],
  ['the file that AWS_CA_BUNDLE names cannot be read: ENOENT', { AWS_CA_BUNDLE: '/nowhere/at/all' }],
])('%s: in one line', async ([why, variables, url = name]) => {
  use(variables);
  expect(await store('fsck', url)).toEqual(failed(why.replace('SERVER', server.endpoint), url));
});

test('a server that does not speak TLS, what is no server of S3, an answer that nobody knows', async () => {
  const secure = server.endpoint.replace('http', 'https');
  use({ AWS_ENDPOINT_URL: secure });
  expect(await store('fsck', name)).toEqual(failedAt('does not speak TLS: write http:// into the endpoint'));
  await through(async () => ({ status: 400, headers: {}, body: Buffer.from('Client sent an HTTP request') }));
  expect(await store('fsck', name)).toEqual(
    failedAt('speaks TLS, or is no server of S3: write https:// into the endpoint'),
  );
  await through(async () => refusal(418, 'ShortAndStout'));
  expect(await store('fsck', name)).toEqual(failedAt('answers 418 ShortAndStout'));
});

test('what breaks off is read again, three times in all', async () => {
  let broken = 0;
  let breaks = 2;
  await through(async (url, pass, response) => {
    const answer = await pass();
    if (!url.includes(firstBlock) || broken === breaks) return answer;
    broken += 1;
    response.writeHead(200, answer.headers);
    response.write(answer.body.subarray(0, 10), () => response.destroy());
    return undefined;
  });
  expect(await store('fsck', name)).toMatchObject({ stderr: '', exitCode: 0 });
  expect(broken).toBe(2);
  breaks = Number.POSITIVE_INFINITY;
  expect(await store('fsck', name)).toEqual(failedAt('breaks the connection (ECONNRESET)'));
  expect(broken).toBe(5);
});

test.for([
  ['InternalError', 500, 'block-unreadable', 'cannot be read: the server answers 500 InternalError'],
  ['NoSuchKey', 404, 'changed-meanwhile', 'went away while the store was being read'],
] as const)('%s for one object is a finding', async ([code, status, finding, message]) => {
  await through(async (url, pass) => (url.includes(firstBlock) ? refusal(status, code) : pass()));
  const { stdout, exitCode } = await store('fsck', name);
  expect(stdout.split('\n')[0]).toContain(
    `error    ${finding}: block ${firstBlock} ${message}; backups b1, b2 refer to it`,
  );
  expect(exitCode).toBe(1);
});

test('a server that asks for fewer requests, and one whose list ends too early, are reported in one line', async () => {
  await through(async (url, pass) => (url.includes('.blk') ? refusal(503, 'SlowDown') : pass()));
  expect(await store('fsck', name)).toEqual(failedAt('asks for fewer requests (SlowDown), again and again'));
  await through(async (url, pass) => {
    const answer = await pass();
    if (!url.includes('list-type') || url.includes('max-keys')) return answer;
    const cut = answer.body.toString().replace('<IsTruncated>false<', '<IsTruncated>true<');
    return { ...answer, body: Buffer.from(cut) };
  });
  expect(await store('fsck', name)).toEqual(
    failed('the server cuts off its list of a/store/backupstore/ and does not say how it goes on'),
  );
});
