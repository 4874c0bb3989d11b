/** The origin of a log line, as logrus reports it with -d: the function and line of v1.12.1's app/recurringjob. */
export type Caller = { func: string; file: string };

const callerIn =
  (file: string, of = 'recurringjob') =>
  (func: string, line: number): Caller => ({ func: `${of}.${func}`, file: `${file}:${line}` });

export const volumesCaller = callerIn('volume.go');
export const volumeJobCaller = (func: string, line: number): Caller =>
  volumesCaller(`(*VolumeJob).${func}`, line);
export const utilCaller = callerIn('util.go');
export const jobCaller = callerIn('job.go');
export const systemBackupCaller = callerIn('systembackup.go');
export const commandCaller = callerIn('recurring_job.go', 'app');
export const eventsCaller: Caller = {
  func: 'record.(*eventBroadcasterImpl).StartLogging.func1',
  file: 'event.go:377',
};
