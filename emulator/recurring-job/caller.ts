/** The origin of a log line, as logrus reports it with -d: the function and line of v1.12.1's app/recurringjob. */
export type Caller = { func: string; file: string };

export const volumesCaller = (func: string, line: number): Caller => ({
  func: `recurringjob.${func}`,
  file: `volume.go:${line}`,
});
export const volumeJobCaller = (func: string, line: number): Caller =>
  volumesCaller(`(*VolumeJob).${func}`, line);
export const utilCaller = (func: string, line: number): Caller => ({
  func: `recurringjob.${func}`,
  file: `util.go:${line}`,
});
export const jobCaller = (func: string, line: number): Caller => ({
  func: `recurringjob.${func}`,
  file: `job.go:${line}`,
});
export const systemBackupCaller = (func: string, line: number): Caller => ({
  func: `recurringjob.${func}`,
  file: `systembackup.go:${line}`,
});
export const commandCaller = (func: string, line: number): Caller => ({
  func: `app.${func}`,
  file: `recurring_job.go:${line}`,
});
export const eventsCaller: Caller = {
  func: 'record.(*eventBroadcasterImpl).StartLogging.func1',
  file: 'event.go:377',
};
