import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';

/** A bucket as the SDK knows it: what fails, fails with the SDK's errors. */
export type Bucket = {
  /** Keys that begin with a prefix, and those up to the delimiter that have more behind it. */
  list(prefix: string, delimiter: string): Promise<{ keys: string[]; prefixes: string[] }>;
  /** Time of the last change in milliseconds since the epoch. */
  changedAt(key: string): Promise<number>;
  read(key: string): Promise<Buffer>;
  write(key: string, data: Uint8Array | string): Promise<void>;
  remove(key: string): Promise<void>;
};

// As Longhorn's: looks and deletions are tried five times, writes ten. Go's SDK pauses longer between two.
const attempts = { other: 5, write: 10 } as const;

// What Go's default transport allows for a connection, and for how long an idle one is kept here.
const connectionTimeout = 30_000;
const idle = { keepAlive: true, timeout: 5_000 };

/** Opens a bucket as Longhorn does, by what stands of it in an environment (s3_service.go, newInstance). */
export const openBucketClient = (bucket: string, region: string, environment: NodeJS.ProcessEnv): Bucket => {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const { AWS_ENDPOINTS, AWS_CERT, VIRTUAL_HOSTED_STYLE } = environment;
  // Once for all connections: each would read all the certificates anew, 6 ms of a fast processor.
  const secureContext = AWS_CERT && createSecureContext({ ca: [...rootCertificates, AWS_CERT] });
  const open = (maxAttempts: number): S3Client =>
    new S3Client({
      region,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      ...(AWS_ENDPOINTS && { endpoint: AWS_ENDPOINTS }),
      forcePathStyle:
        VIRTUAL_HOSTED_STYLE === 'false' || (VIRTUAL_HOSTED_STYLE !== 'true' && !!AWS_ENDPOINTS),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts,
      requestHandler: {
        connectionTimeout,
        httpAgent: new Agent(idle),
        httpsAgent: new SecureAgent({ ...idle, ...(secureContext && { secureContext }) }),
      },
    });
  const client = open(attempts.other);
  let writer: S3Client | undefined;
  return {
    list: async (prefix, delimiter) => {
      const keys: string[] = [];
      const prefixes: string[] = [];
      const pages = paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix, Delimiter: delimiter },
      );
      for await (const { Contents = [], CommonPrefixes = [] } of pages) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
        prefixes.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix));
      }
      return { keys, prefixes };
    },
    changedAt: async (Key) => {
      const { LastModified } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      return LastModified?.getTime() ?? 0;
    },
    read: async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    write: async (Key, data) => {
      writer ??= open(attempts.write);
      await writer.send(new PutObjectCommand({ Bucket: bucket, Key, Body: data }));
    },
    remove: async (Key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
  };
};
