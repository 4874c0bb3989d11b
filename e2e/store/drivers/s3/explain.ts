import type { S3, S3ServiceException } from '@aws-sdk/client-s3';
import type { PreconditionFailure } from '../../../machine/precondition-error.ts';
import { serverTimeouts } from './client.ts';

type Failed = Partial<S3ServiceException> &
  Omit<NodeJS.ErrnoException, 'name' | 'message'> & { Region?: string; input?: string };

/** Explains why a request failed. It omits the server's own message where that may contain secrets. */
export const explainFailure = async (
  error: unknown,
  { client, bucket }: { client: S3; bucket: string },
): Promise<PreconditionFailure> => {
  const failed = error as Failed;
  const region = await client.config.region().catch(() => undefined);
  if (region === undefined)
    return {
      code: 'region-missing',
      what: 'no region is named',
      remedy: 'write s3://BUCKET@REGION/PREFIX, or set AWS_REGION',
    };
  const at = await serverOf(client, region);
  if (at === undefined)
    return {
      code: 'endpoint-wrong',
      what: 'the endpoint is no URL: it is http://HOST:PORT or https://HOST:PORT',
    };
  const status = failed.$metadata?.httpStatusCode;
  if (failed.name !== undefined && status !== undefined) {
    const known = answers[failed.name];
    if (known !== undefined) return known({ at, bucket, region, failed });
    return at.startsWith('http:') && isNoAnswerOfS3(failed)
      ? {
          code: 'no-s3-server',
          what: `${at} speaks TLS, or is no server of S3`,
          remedy: 'write https:// into the endpoint',
        }
      : {
          code: 'answer-unknown',
          what: `${at} answers ${status} ${/^\w+$/.test(failed.name) ? failed.name : ''}`.trim(),
        };
  }
  if (failed.name === 'CredentialsProviderError')
    return {
      code: 'credentials-missing',
      what: 'there are no credentials',
      remedy: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
    };
  if (failed.name === 'TimeoutError' && failed.code === undefined)
    return {
      code: 'server-silent',
      what: `${at} does not answer: no connection within ${serverTimeouts.connecting} s, or silence for ${serverTimeouts.answering} s`,
    };
  return ofConnection(failed, at);
};

type Answer = (of: { at: string; bucket: string; region: string; failed: Failed }) => PreconditionFailure;

const keyUnknown: Answer = ({ at }) => ({
  code: 'access-key-unknown',
  what: `${at} does not know the access key`,
  remedy: 'look at AWS_ACCESS_KEY_ID',
});
const tokenWrong: Answer = () => ({
  code: 'token-wrong',
  what: 'the session token has expired or is wrong',
  remedy: 'get new credentials (AWS_SESSION_TOKEN)',
});
const elsewhere: Answer = ({ bucket, region, failed }) => {
  const expected =
    failed.Region ??
    failed.$response?.headers['x-amz-bucket-region'] ??
    /expecting "?'?([\w-]+)/.exec(failed.message ?? '')?.[1];
  const but = expected === undefined ? '' : ` but in ${expected}`;
  return { code: 'region-wrong', what: `bucket ${bucket} is not in region ${region}${but}` };
};

// By the error code of the server. Other servers use Amazon's codes too.
const answers: Readonly<Record<string, Answer>> = {
  NoSuchBucket: ({ at, bucket }) => ({ code: 'bucket-missing', what: `${at} has no bucket ${bucket}` }),
  InvalidBucketName: ({ bucket }) => ({ code: 'bucket-name', what: `${bucket} is no name of a bucket` }),
  InvalidAccessKeyId: keyUnknown,
  // versitygw uses this code while it has only one account.
  XAdminUserNotFound: keyUnknown,
  SignatureDoesNotMatch: ({ at }) => ({
    code: 'signature-refused',
    what: `${at} does not accept the signature`,
    remedy: 'look at AWS_SECRET_ACCESS_KEY, and whether a proxy rewrites requests',
  }),
  ExpiredToken: tokenWrong,
  InvalidToken: tokenWrong,
  TokenRefreshRequired: tokenWrong,
  RequestTimeTooSkewed: ({ at }) => ({
    code: 'clocks-differ',
    what: `the clock of ${at} and that of this machine differ too much`,
  }),
  AccessDenied: ({ bucket }) => ({
    code: 'access-denied',
    what: `access to bucket ${bucket} is denied: the key needs s3:ListBucket and s3:GetObject`,
  }),
  AuthorizationHeaderMalformed: elsewhere,
  PermanentRedirect: elsewhere,
  SlowDown: ({ at }) => ({
    code: 'slow-down',
    what: `${at} asks for fewer requests (SlowDown), again and again`,
  }),
};

// The answer of a TLS server to a client without TLS. Some servers send it, others close the connection.
const isNoAnswerOfS3 = ({ $response }: Failed): boolean =>
  $response?.statusCode === 400 && $response.headers['x-amz-request-id'] === undefined;

const ofConnection = ({ code = '', message = '', $metadata }: Failed, at: string): PreconditionFailure => {
  if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(message))
    return {
      code: 'tls-missing',
      what: `${at} does not speak TLS`,
      remedy: 'write http:// into the endpoint',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      code: 'certificate-name',
      what: `the certificate of ${at} is for another name`,
      remedy: 'write one of its names into the endpoint',
    };
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code))
    return {
      code: 'certificate-untrusted',
      what: `the certificate of ${at} is not trusted (${code})`,
      remedy: 'name the file of its CA in AWS_CA_BUNDLE',
    };
  // With `$metadata` the request failed before any response.
  const perhaps = $metadata && at.startsWith('http:') ? ', as servers do that speak TLS' : '';
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { code: 'connection-broken', what: `${at} breaks the connection${perhaps} (${code})` };
  return {
    code: 'server-unreachable',
    what: `${at} cannot be reached: ${code === '' ? message.split('\n')[0] : code}`,
  };
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
