/** The API server answered a request with an error status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status. */
  readonly status: number;
  /**
   * The reason of the Status object (`NotFound`, `AlreadyExists`, `Conflict`, ...), or the HTTP status text if the
   * body is not a Status.
   */
  readonly reason: string;
  /** The Retry-After of the response, in ms. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: { status: number; reason: string; retryAfter?: number | undefined }) {
    super(message);
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfter = details.retryAfter;
  }
}

/** The API server did not answer a request in time. Its outcome is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The API server ended a watch with an error event. */
export class WatchError extends ApiError {}

/** A command did not run in a container, or this process did not wait for its end. */
export class ExecError extends Error {
  override readonly name: string = 'ExecError';
  /** The container does not run, or its pod does not exist. */
  readonly isPodGone: boolean;

  constructor(message: string, { isPodGone = false, cause }: { isPodGone?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.isPodGone = isPodGone;
  }
}

/**
 * A stream of the API server (an exec, a log) broke or could not be opened. Its remaining output is unknown, so
 * nothing is proven.
 */
export class BrokenStream extends ExecError {
  override readonly name = 'BrokenStream';
  readonly verdict = { state: 'not-provable' } as const;
  /** The stream was never opened. The command did not start, and the request can be repeated. */
  readonly isUnopened: boolean;

  constructor(
    message: string,
    { isUnopened = false, cause }: { isUnopened?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.isUnopened = isUnopened;
  }
}

/** The credential plugin of a kubeconfig could not be started. */
export class NoPlugin extends Error {
  override readonly name = 'NoPlugin';
  /** How to fix it: the install hint of the kubeconfig, if there is one. */
  readonly remedy: string;

  constructor(message: string, { remedy, cause }: { remedy: string; cause: unknown }) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

/** For the `catch` of a deletion: ignores a 404, because the object is already gone. Throws any other error. */
export const unlessGone = (error: unknown): void => {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
};

/** The message of an error response: the message of its Status object, or the whole text. */
export const refusalIn = (text: string): string => {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
};

/**
 * Whether a program was not started because it is not there: `code` is the error of its start. For a name without a
 * folder that can be EACCES, when this user may not enter a folder of the PATH (`su` keeps root's).
 */
export const isProgramMissing = (command: string, code: string | undefined): boolean =>
  code === 'ENOENT' || (code === 'EACCES' && !command.includes('/'));
