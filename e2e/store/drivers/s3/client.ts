import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { S3 } from '@aws-sdk/client-s3';

/**
 * How a server of S3 is reached; what is not said comes from where the AWS CLI takes it: variables, profiles,
 * the machine itself.
 */
export type S3Access = {
  endpoint?: string | undefined;
  region?: string | undefined;
  accessKeyId?: string;
  secretAccessKey?: string;
  /** Certificates in PEM to trust instead of the system's. */
  ca?: string | undefined;
  /** The bucket is part of the host's name, as Longhorn's VIRTUAL_HOSTED_STYLE has it. */
  virtualHosted?: boolean;
  /** Makes the way to the server, for each connection; without it, by its address. TLS comes on top. */
  dial?: () => Duplex;
};

/** Seconds for which a server may be silent, before it has taken a connection and in the middle of an answer. */
export const patience = { connecting: 10, answering: 60 } as const;

// A connection that nobody needs goes after so long, in ms: one that waits keeps the process.
const idle = 2_000;

/** Makes connections that are by no address: `dial` is the way, and TLS comes on top. */
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

// Of a connection that is no socket, what an agent asks of one; its silence is timed by the request.
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

/** The same, where the server does not speak TLS. */
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

/** Opens a client for S3; the SDK is loaded by the first one. */
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
    // As Longhorn has it: servers other than Amazon's may not know the checksums of requests.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: patience.connecting * 1000,
      socketTimeout: patience.answering * 1000,
      ...(ca === undefined && dial === undefined ? {} : { httpsAgent }),
      ...(dial !== undefined && {
        httpAgent: new PlainDialingAgent(dial),
        requestTimeout: patience.answering * 1000,
        throwOnRequestTimeout: true,
      }),
    },
  });
};
