import { redactAll } from '../kube/redact/redact.ts';
import { describeInterruption } from './interruption.ts';
import type { UntimedEvent } from './json-events.ts';
import type { Narrator, RunStart, ScenarioIdentity } from './narrator.ts';
import type { ScenarioEvent } from './record.ts';

/** Formats an event as a line of JSON. */
export const toJsonLine = (event: UntimedEvent): string => {
  const { event: kind, ...rest } = redactAll(event);
  return `${JSON.stringify({ event: kind, at: new Date().toISOString(), ...rest })}\n`;
};

type OfScenario = { run: string; scenario: string; file: string; round: number };

const toEvent = (of: OfScenario, event: ScenarioEvent): UntimedEvent | undefined => {
  switch (event.kind) {
    case 'start':
      return { event: 'scenario-start', ...of };
    case 'step-begins':
      return { event: 'step-begins', ...of, id: event.id, sentence: event.sentence };
    case 'step':
      return { event: 'step', ...of, id: event.id, ...event.step };
    case 'awaits': {
      const { kind, ...rest } = event;
      return { event: kind, ...of, ...rest };
    }
    case 'awaited':
      return { event: 'awaited', ...of, id: event.id, state: event.state };
    case 'fault':
      return { event: 'fault', ...of, name: event.name, phase: event.phase, detail: event.detail };
    case 'finding':
      return { event: 'finding', ...of, ...event.finding };
    case 'bug':
      return { event: 'known-bug', ...of, ...event.bug };
    case 'failure':
      return { event: 'failure', ...of, ...event.failure };
    case 'premise-lost':
      return { event: 'premise-lost', ...of, reason: event.reason };
    case 'cluster':
      return undefined;
  }
};

/**
 * Prints a run for programs: one event per line to `write`. The output of scenarios themselves goes to `beside`.
 * `run-start` and `run-end` are not written here, because a run may have several rounds.
 */
export const createJsonNarrator = ({
  write,
  beside,
}: Record<'write' | 'beside', (text: string) => void>): Narrator => {
  let start: RunStart | undefined;
  const send = (event: UntimedEvent | undefined): void => {
    if (event !== undefined) write(toJsonLine(event));
  };
  const of = ({ name, file }: ScenarioIdentity): OfScenario => ({
    run: start?.run ?? '',
    scenario: name,
    file,
    round: start?.round ?? 1,
  });
  return {
    begins: (given) => {
      start = given;
    },
    cluster: (kubernetes) =>
      send({ event: 'cluster', run: start?.run ?? '', round: start?.round ?? 1, kubernetes }),
    knows: () => {},
    prints: (text) => beside(text),
    event: (test, event) => send(toEvent(of(test), event)),
    ends: (test, { state, reason, duration, evidence }) =>
      send({ event: 'scenario-end', ...of(test), state, reason, duration, evidence }),
    interrupted: (by, how) => beside(`${describeInterruption(by, how)}\n`),
    closes: () => {},
  };
};
