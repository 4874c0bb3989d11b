import type { S3, S3ServiceException } from '@aws-sdk/client-s3';
import { patience } from './client.ts';

type Failed = Partial<S3ServiceException> &
  Omit<NodeJS.ErrnoException, 'name' | 'message'> & { Region?: string; input?: string };

/** Says in one line, without the server's own words where these may hold secrets, why a request failed. */
export const explainFailure = async (
  error: unknown,
  { client, bucket }: { client: S3; bucket: string },
): Promise<string> => {
  const failed = error as Failed;
  const region = await client.config.region().catch(() => undefined);
  if (region === undefined) return 'no region is named: write s3://BUCKET@REGION/PREFIX, or set AWS_REGION';
  const at = await serverOf(client, region);
  if (at === undefined) return 'the endpoint is no URL: it is http://HOST:PORT or https://HOST:PORT';
  const status = failed.$metadata?.httpStatusCode;
  if (failed.name !== undefined && status !== undefined) {
    const known = answers[failed.name];
    if (known !== undefined) return known({ at, bucket, region, failed });
    return at.startsWith('http:') && isNoAnswerOfS3(failed)
      ? `${at} speaks TLS, or is no server of S3: write https:// into the endpoint`
      : `${at} answers ${status} ${/^\w+$/.test(failed.name) ? failed.name : ''}`.trim();
  }
  if (failed.name === 'CredentialsProviderError')
    return 'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE';
  if (failed.name === 'TimeoutError' && failed.code === undefined)
    return `${at} does not answer: no connection within ${patience.connecting} s, or silence for ${patience.answering} s`;
  return ofConnection(failed, at);
};

type Answer = (of: { at: string; bucket: string; region: string; failed: Failed }) => string;

const keyUnknown: Answer = ({ at }) => `${at} does not know the access key: look at AWS_ACCESS_KEY_ID`;
const tokenWrong: Answer = () =>
  'the session token has expired or is wrong: get new credentials (AWS_SESSION_TOKEN)';
const elsewhere: Answer = ({ bucket, region, failed }) => {
  const expected =
    failed.Region ??
    failed.$response?.headers['x-amz-bucket-region'] ??
    /expecting "?'?([\w-]+)/.exec(failed.message ?? '')?.[1];
  return `bucket ${bucket} is not in region ${region}${expected === undefined ? '' : ` but in ${expected}`}`;
};

// By what a server calls an error; Amazon's names are those of others too.
const answers: Readonly<Record<string, Answer>> = {
  NoSuchBucket: ({ at, bucket }) => `${at} has no bucket ${bucket}`,
  InvalidBucketName: ({ bucket }) => `${bucket} is no name of a bucket`,
  InvalidAccessKeyId: keyUnknown,
  // versitygw, while it has one account alone.
  XAdminUserNotFound: keyUnknown,
  SignatureDoesNotMatch: ({ at }) =>
    `${at} does not accept the signature: look at AWS_SECRET_ACCESS_KEY, and whether a proxy rewrites requests`,
  ExpiredToken: tokenWrong,
  InvalidToken: tokenWrong,
  TokenRefreshRequired: tokenWrong,
  RequestTimeTooSkewed: ({ at }) => `the clock of ${at} and that of this machine differ too much`,
  AccessDenied: ({ bucket }) =>
    `access to bucket ${bucket} is denied: the key needs s3:ListBucket and s3:GetObject`,
  AuthorizationHeaderMalformed: elsewhere,
  PermanentRedirect: elsewhere,
  SlowDown: ({ at }) => `${at} asks for fewer requests (SlowDown), again and again`,
};

// Of servers that speak TLS, some answer so to who does not, and others break the connection.
const isNoAnswerOfS3 = ({ $response }: Failed): boolean =>
  $response?.statusCode === 400 && $response.headers['x-amz-request-id'] === undefined;

const ofConnection = ({ code = '', message = '', $metadata }: Failed, at: string): string => {
  if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(message))
    return `${at} does not speak TLS: write http:// into the endpoint`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${at} is for another name: write one of its names into the endpoint`;
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code))
    return `the certificate of ${at} is not trusted (${code}): name the file of its CA in AWS_CA_BUNDLE`;
  // Before anything was answered.
  const perhaps = $metadata && at.startsWith('http:') ? ', as servers do that speak TLS' : '';
  if (code === 'ECONNRESET' || code === 'EPIPE') return `${at} breaks the connection${perhaps} (${code})`;
  return `${at} cannot be reached: ${code === '' ? message.split('\n')[0] : code}`;
};

const serverOf = async (client: S3, region: string): Promise<string | undefined> => {
  try {
    const endpoint = await client.config.endpoint?.();
    if (endpoint === undefined) return `S3 in ${region}`;
    const { protocol, hostname, port } = endpoint;
    return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
  } catch {
    return undefined;
  }
};
