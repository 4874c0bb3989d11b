/** The API server refused a request, or answered it with something other than success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status of the answer. */
  readonly status: number;
  /** Kubernetes' own word for it (`NotFound`, `AlreadyExists`, `Conflict`, ...); the HTTP phrase where the body is no Status. */
  readonly reason: string;

  constructor(message: string, details: { status: number; reason: string }) {
    super(message);
    this.status = details.status;
    this.reason = details.reason;
  }
}

/** The API server ended a watch with an error event. */
export class WatchError extends ApiError {}

/** An exec whose stream broke or never opened: nothing is known about how the command ended. */
export class ExecError extends Error {
  override readonly name = 'ExecError';
}
