import type { ApiError } from '../kube/errors.ts';

// A webhook reads objects from the cache of its own manager, which is not always the manager that has made or updated
// the object. Seen on a busy v1.12.1: a target 0.1 s after it was available, a new volume, a backup 65 ms after its
// status was complete. The last two were read in v1.12.1 (webhook/resources: backup/validator.go, volume/mutator.go,
// volume/validator.go, volumeattachment/validator.go). The last one may be about a volume that is detached by now.
const texts = [
  String.raw`\.longhorn\.io "[^"]*" not found`,
  'backup target name and volume name cannot be empty',
  'cannot get backup volume for backup target .* not found',
  'snapshot <nil> is invalid',
  String.raw`backup target \S+ is not available`,
  'all volumes need to be detached before creating SystemRestore',
];
// The emulator has policies instead of webhooks. The API server evaluates them with its own, older copies too.
const refusals = [
  String.raw`admission webhook "(?:validator|mutator)\.longhorn\.io" denied the request`,
  "ValidatingAdmissionPolicy 'longhorn-[^']*' with binding '[^']*' denied request",
];
const early = new RegExp(`(?:${refusals.join('|')}): .*(?:${texts.join('|')})`);

/** Whether a webhook of Longhorn refused a request because it had not seen a new object, or its status, yet. */
export const isEarlyRefusal = ({ message }: Pick<ApiError, 'message'>): boolean => early.test(message);
