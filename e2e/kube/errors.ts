/** The API server refused a request, or answered it with something other than success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status of the answer. */
  readonly status: number;
  /**
   * Kubernetes' own word for it (`NotFound`, `AlreadyExists`, `Conflict`, ...); the HTTP phrase where the
   * body is no Status.
   */
  readonly reason: string;
  /** When it may be sent again, as the server asked: in ms. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: { status: number; reason: string; retryAfter?: number | undefined }) {
    super(message);
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfter = details.retryAfter;
  }
}

/** The API server took a request and gave no answer in time: what became of it, nobody knows. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The API server ended a watch with an error event. */
export class WatchError extends ApiError {}

/** A command that did not run in a container, or whose end was not waited for. */
export class ExecError extends Error {
  override readonly name: string = 'ExecError';
  /** The container does not run, or its pod is not there. */
  readonly isPodGone: boolean;

  constructor(message: string, { isPodGone = false, cause }: { isPodGone?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.isPodGone = isPodGone;
  }
}

/**
 * A stream of the API server (an exec, a log) that broke or could not be opened: nothing is known of what it
 * would have said, so nothing is proven.
 */
export class BrokenStream extends ExecError {
  override readonly name = 'BrokenStream';
  readonly verdict = { state: 'not-provable' } as const;
  /** It could not even be opened: nothing came of it, and it can be asked for again. */
  readonly isUnopened: boolean;

  constructor(
    message: string,
    { isUnopened = false, cause }: { isUnopened?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.isUnopened = isUnopened;
  }
}

/** The credential plugin that a kubeconfig names could not be started. */
export class NoPlugin extends Error {
  override readonly name = 'NoPlugin';
  /** What mends it: the kubeconfig's own hint, where it has one. */
  readonly remedy: string;

  constructor(message: string, { remedy, cause }: { remedy: string; cause: unknown }) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

/** For the `catch` of a deletion: what is not there (404) is as gone as it should be. */
export const unlessGone = (error: unknown): void => {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
};

/** What the API server says in an answer that is no success: the message of its Status, or the whole text. */
export const refusalIn = (text: string): string => {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
};
