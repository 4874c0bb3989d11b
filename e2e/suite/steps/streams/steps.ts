import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { entriesOf } from '../../../history/history.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import { knownBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { forwardFrontend } from '../service-forward.ts';
import { step } from '../step.ts';
import { type Frame, problemsInFrames, type StreamedObject } from './frames.ts';

/** A stream of Longhorn's API, what it has sent, and the object of the scenario in it whose changes are counted. */
type Stream = { name: string; frames: Frame[]; socket: WebSocket; followed?: () => StreamedObject };

const openStreams = async (context: Context, backup: BackupHandle): Promise<Stream[]> => {
  const { cluster, scenarioSignal: signal, timelines } = context;
  const follow = <T extends KubernetesObject>(timeline: Timeline<T>, name: string) => {
    const from = timeline.lastSequence();
    return () => ({
      name,
      changes: entriesOf(timeline, name).filter(({ sequence }) => sequence > from).length,
    });
  };
  const { url } = await forwardFrontend(cluster, signal);
  const open = (name: string, followed?: () => StreamedObject): Stream => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws/1s/${name}`);
    const stream = { name, frames: [] as Frame[], socket, ...(followed && { followed }) };
    socket.addEventListener('message', ({ data }) => void stream.frames.push(JSON.parse(data).data ?? []));
    signal.addEventListener('abort', () => socket.close(), { once: true });
    return stream;
  };
  const streams = [
    open('backups', follow(timelines.backups, backup.name)),
    open(
      'backupvolumes',
      follow(timelines.backupVolumes, knownBackupVolume(context, backup.volume).metadata.name),
    ),
    open('backuptargets', follow(timelines.backupTargets, backup.volume.target.name)),
    open('volumes'),
  ];
  for (const stream of streams) await untilSent(context, stream, () => stream.frames.length > 0);
  return streams;
};

const throwIfEnded = ({ name, socket }: Stream): void => {
  if (socket.readyState > WebSocket.OPEN)
    throw new InconclusiveError(`the stream of ${name} has ended before it was judged`);
};

const untilSent = async (
  { timeouts: { pageReceives }, scenarioSignal }: Context,
  stream: Stream,
  isSent: () => boolean,
): Promise<void> => {
  const late = AbortSignal.timeout(parseDuration(pageReceives.within));
  const signal = AbortSignal.any([late, scenarioSignal]);
  while (!isSent())
    await once(stream.socket, 'message', { signal }).catch((error: Error) => {
      if (!late.aborted) throw error;
      throwIfEnded(stream);
      throw new Error(
        `the stream of ${stream.name} has not sent it within ${pageReceives.within} (${pageReceives.owner})`,
      );
    });
};

/** The steps on the streams of Longhorn's API, from which its user interface learns what has changed. */
export const streamSteps = {
  'given.streams': step({
    sentence: "Given the streams of Longhorn's API of volumes, backups and backup targets",
    parameters: () => ({}),
    action: openStreams,
  }),
  /** Other scenarios may change what a stream shows: a frame then says something new. */
  'then.streamsQuiet': step({
    sentence: 'Then for {time} no stream sends anything but what has changed',
    parameters: () => ({
      time: ({ timeouts }: Context) => formatDuration(parseDuration(timeouts.streamQuiet.within)),
    }),
    action: async ({ timeouts, scenarioSignal: signal }: Context, streams: Stream[]) => {
      await sleep(parseDuration(timeouts.streamQuiet.within), undefined, { signal });
      for (const stream of streams) throwIfEnded(stream);
      throwIfAny(
        streams.flatMap(({ name, frames, followed }) =>
          problemsInFrames(frames, followed?.()).map((problem) => `the stream of ${name} ${problem}`),
        ),
        "Longhorn's API has sent what has not changed",
      );
      return streams.map(({ name, frames }) => `${name}: ${frames.length}`).join(', ');
    },
    detail: (frames) => `frames of ${frames}`,
  }),
  'then.streamTells': step({
    sentence: 'Then the stream of backups sends {backup}',
    parameters: (_, backup) => ({ backup }),
    action: async (context: Context, [backups]: Stream[], { name }: BackupHandle) => {
      const stream = backups as Stream;
      await untilSent(context, stream, () => stream.frames.at(-1)?.some(({ id }) => id === name) === true);
    },
  }),
};
