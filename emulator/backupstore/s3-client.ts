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
import type { Mutant } from '../mutants.ts';

/** A bucket. Its methods throw the errors of the AWS SDK. */
export type Bucket = {
  /** Lists the keys with a prefix, and the common prefixes up to the delimiter. */
  list(prefix: string, delimiter: string): Promise<{ keys: string[]; prefixes: string[] }>;
  /** Modification time in milliseconds since the epoch. */
  changedAt(key: string): Promise<number>;
  read(key: string): Promise<Buffer>;
  write(key: string, data: Uint8Array | string): Promise<void>;
  remove(key: string): Promise<void>;
};

// Attempts as in Longhorn: ten for a write, five for any other request. Go's SDK pauses longer between two attempts.
const attempts = { other: 5, write: 10 } as const;

// Connection timeout of Go's default transport, and how long an idle connection is kept here. In milliseconds.
const connectionTimeout = 30_000;
const idle = { keepAlive: true, timeout: 5_000 };

type Access = { accessKeyId: string; secretAccessKey: string; endpoint: string };

const accessIn = ({
  AWS_ACCESS_KEY_ID: accessKeyId = '',
  AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  AWS_ENDPOINTS: endpoint = '',
}: NodeJS.ProcessEnv): Access => ({ accessKeyId, secretAccessKey, endpoint });

/**
 * Opens a bucket as Longhorn does, with the variables of an environment (s3_service.go, newInstance): keys and endpoint
 * are read anew for each request, the certificate only once.
 */
export const openBucketClient = (
  { bucket, region, mutant }: { bucket: string; region: string; mutant: Mutant | undefined },
  environment: NodeJS.ProcessEnv,
): Bucket => {
  const { AWS_CERT, VIRTUAL_HOSTED_STYLE } = environment;
  // One context for all connections. Otherwise each connection reads all the certificates, 6 ms of a fast processor.
  const secureContext = AWS_CERT && createSecureContext({ ca: [...rootCertificates, AWS_CERT] });
  const open = (maxAttempts: number, { accessKeyId, secretAccessKey, endpoint }: Access): S3Client =>
    new S3Client({
      region,
      credentials: { accessKeyId, secretAccessKey },
      ...(endpoint && { endpoint }),
      forcePathStyle:
        VIRTUAL_HOSTED_STYLE === 'false' ||
        mutant === 'virtual-hosting-ignored' ||
        (VIRTUAL_HOSTED_STYLE !== 'true' && endpoint !== ''),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts,
      requestHandler: {
        connectionTimeout,
        httpAgent: new Agent(idle),
        httpsAgent: new SecureAgent({
          ...idle,
          ...(secureContext && { secureContext }),
          rejectUnauthorized: mutant !== 'certificate-unchecked',
        }),
      },
    });
  const clients = new Map<string, S3Client>();
  const clientOf = (maxAttempts: number): S3Client => {
    const access = accessIn(environment);
    const key = JSON.stringify([maxAttempts, access]);
    const client = clients.get(key) ?? open(maxAttempts, access);
    clients.set(key, client);
    return client;
  };
  return {
    list: async (prefix, delimiter) => {
      const keys: string[] = [];
      const prefixes: string[] = [];
      const pages = paginateListObjectsV2(
        { client: clientOf(attempts.other) },
        { Bucket: bucket, Prefix: prefix, Delimiter: delimiter },
      );
      for await (const { Contents = [], CommonPrefixes = [] } of pages) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
        prefixes.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix));
        if (mutant === 'first-page-only') break;
      }
      return { keys, prefixes };
    },
    changedAt: async (Key) => {
      const { LastModified } = await clientOf(attempts.other).send(
        new HeadObjectCommand({ Bucket: bucket, Key }),
      );
      return LastModified?.getTime() ?? 0;
    },
    read: async (Key) => {
      const { Body } = await clientOf(attempts.other).send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    write: async (Key, data) => {
      await clientOf(attempts.write).send(new PutObjectCommand({ Bucket: bucket, Key, Body: data }));
    },
    remove: async (Key) => {
      await clientOf(attempts.other).send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
  };
};
