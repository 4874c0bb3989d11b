import type { Event } from '../../../longhorn/job-types.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import type { Message } from '../../../longhorn/messages/row.ts';
import { once } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Limit } from '../limits.ts';
import type { JobHandle, Tick } from './handles.ts';

/**
 * Waits until Kubernetes' cron controller has told of a run that it started, and of its end: SuccessfulCreate and SawCompletedJob.
 * Returns the words about its end; throws for a run that did not end Complete.
 */
export const untilTold = async ({ watched }: JobHandle, { tick, limit }: { tick: Tick; limit: Limit }): Promise<string> => {
  const told = (reason: string): Promise<Event> =>
    once(watched.events, (event) => event.reason === reason && namesJob(event, tick.job), {
      label: `an event ${reason} tells of Job ${tick.job}`,
      describe: ({ reason, message }) => `${reason}: ${message}`,
      ...limit,
    });
  await told('SuccessfulCreate');
  const { message = '' } = await told('SawCompletedJob');
  if (!message.endsWith(': Complete')) throw new Error(`the event about the end of ${tick.label} says: ${message}`);
  return message;
};

/** What the events about a job say that nobody knows, or that tells of a failure; a line each. */
export const problemsOfEvents = ({ entries }: Timeline<Event>, version: string): string[] => {
  const problems = entries.flatMap((entry) => {
    if (entry.kind === 'gap' || entry.kind === 'deleted') return [];
    const { type, reason = '', message: text = '', involvedObject } = entry.object;
    const speaker = involvedObject.kind === 'CronJob' ? 'CronJob' : 'RecurringJob';
    const field: Message['field'] = type === 'Normal' ? 'event Normal' : 'event Warning';
    const found = classify({ speaker, field, state: reason, text }, version);
    if (found.class !== 'unclassified' && found.class !== 'failure') return [];
    const because = found.class === 'unclassified' ? 'nobody knows this event (unclassified)' : `${found.id} (failure) was not expected`;
    return [`${because}: ${speaker}, ${reason}: "${text}"`];
  });
  return [...new Set(problems)];
};

const namesJob = ({ message = '' }: Event, job: string): boolean => message.split(/[\s,]+/).includes(job);
