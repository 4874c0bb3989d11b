import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { startS3Server } from '../support/s3-server.ts';

test('the S3 server that is built keeps objects as files, and asks who comes', async () => {
  const server = await startS3Server();
  onTestFinished(server.stop);
  const { endpoint, region, bucket: Bucket, folder, ...credentials } = server;
  const clientOf = (keys: { accessKeyId: string; secretAccessKey: string }): S3 => {
    const client = new S3({ endpoint, region, forcePathStyle: true, credentials: keys });
    onTestFinished(() => client.destroy());
    return client;
  };
  await clientOf(credentials).putObject({ Bucket, Key: 'a/b', Body: 'text' });
  expect(await readFile(join(folder, 'a/b'), 'utf8')).toBe('text');
  const stranger = clientOf({ ...credentials, secretAccessKey: 'wrong' });
  await expect(stranger.getObject({ Bucket, Key: 'a/b' })).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
});
