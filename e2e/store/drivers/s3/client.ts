import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { S3 } from '@aws-sdk/client-s3';

/**
 * How to reach an S3 server. For missing values the SDK uses the sources of the AWS CLI: environment variables,
 * profiles, instance metadata.
 */
type S3Access = {
  endpoint?: string | undefined;
  region?: string | undefined;
  accessKeyId?: string;
  secretAccessKey?: string;
  /** Trusted certificates in PEM. They replace those of the system. */
  ca?: string | undefined;
  /** The bucket is part of the host name, as with Longhorn's VIRTUAL_HOSTED_STYLE. */
  virtualHosted?: boolean;
  /** Opens a connection to the server. The default connects to the endpoint's address. TLS is added on top. */
  dial?: () => Duplex;
};

/** How many seconds a server may stay silent: while connecting, and within an answer. */
export const serverTimeouts = { connecting: 10, answering: 60 } as const;

// Idle time in ms after which a connection is closed. An open connection keeps the process alive.
const idle = 2_000;

/** An HTTPS agent that opens connections with `dial` instead of connecting to an address. */
export class DialingAgent extends Agent {
  readonly #dial: () => Duplex;

  constructor(dial: () => Duplex, options: AgentOptions) {
    super({ ...options, keepAlive: true, timeout: idle });
    this.#dial = dial;
  }

  override createConnection({ host, ca }: AgentOptions & { host?: string | null }): Duplex {
    const servername = host ?? '';
    return connect({ socket: this.#dial(), servername, ...(ca !== undefined && { ca }) });
  }
}

// Adds the socket methods that an HTTP agent calls. They do nothing; the request has its own time-out.
const asSocket = <T extends Duplex>(way: T): T => {
  const same = () => way;
  return Object.assign(way, {
    setTimeout: same,
    setKeepAlive: same,
    setNoDelay: same,
    ref: same,
    unref: same,
  });
};

/** The same agent for servers without TLS. */
class PlainDialingAgent extends HttpAgent {
  readonly #dial: () => Duplex;

  constructor(dial: () => Duplex) {
    super();
    this.#dial = dial;
  }

  override createConnection(): Duplex {
    return asSocket(this.#dial());
  }
}

/** Opens an S3 client. The first call loads the SDK. */
export const openClient = async ({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  ca,
  virtualHosted = false,
  dial,
}: S3Access): Promise<S3> => {
  const sdk = await import('@aws-sdk/client-s3');
  const certificates = ca === undefined ? {} : { ca };
  const httpsAgent =
    dial === undefined ? { keepAlive: true, ...certificates } : new DialingAgent(dial, certificates);
  return new sdk.S3({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
    forcePathStyle: !virtualHosted,
    // As Longhorn sets it. Other servers than Amazon's may not support checksums of requests.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: serverTimeouts.connecting * 1000,
      socketTimeout: serverTimeouts.answering * 1000,
      ...(ca === undefined && dial === undefined ? {} : { httpsAgent }),
      ...(dial !== undefined && {
        httpAgent: new PlainDialingAgent(dial),
        requestTimeout: serverTimeouts.answering * 1000,
        throwOnRequestTimeout: true,
      }),
    },
  });
};
