import { formatDuration } from '../kube/duration.ts';
import { type Counts, composeLive, composeSilence } from './compose-live.ts';
import { composeClosing, composeCluster, composeHeading, type Paint } from './console.ts';
import { describeInterruption } from './interruption.ts';
import { isEmulated } from './judged.ts';
import type { Narrator, ScenarioIdentity } from './narrator.ts';
import type { ScenarioEvent } from './record.ts';
import { type Awaited, trackRunningScenarios } from './running-scenarios.ts';
import { createScenarioPrinter } from './scenario-printer.ts';
import { countStates, type ScenarioReport } from './schema.ts';
import type { Screen } from './screen.ts';

/**
 * The means of printing. `now` returns ms since the epoch. `detail`: `scenarios` (and the steps of those that fail),
 * `steps`, or all `events`.
 */
type Means = { screen: Screen; paint: Paint; detail: 'scenarios' | 'steps' | 'events'; now: () => number };

// In ms. The live area shows whole seconds.
const tick = 1000;

// In ms. After this time readers may wonder whether the run still works.
const silence = 60_000;

/**
 * Prints a run for people: lines for past events, and a live area of the current ones. If the screen cannot draw an
 * area, it prints a line when nothing was printed for a minute.
 */
export const createConsoleNarrator = ({ screen, paint, detail, now }: Means): Narrator => {
  let printedAt = now();
  const print = (lines: readonly string[]): void => {
    printedAt = now();
    screen.print(lines);
  };
  const printer = createScenarioPrinter(print, paint, { brief: detail === 'scenarios' });
  const underWay = trackRunningScenarios(now);
  const ended: ScenarioReport[] = [];
  let chosen = 0;
  let emulated = false;
  let timer: NodeJS.Timeout | undefined;

  const count = (running: number): Counts => {
    const { passed, knownBugs, failed, notProvable, skipped } = countStates(ended);
    const toCome = Math.max(0, chosen - ended.length - running);
    return { passed, knownBugs, failed: failed + notProvable, skipped, toCome };
  };

  const show = (): void => {
    const size = screen.size();
    if (size === undefined || timer === undefined) return;
    const running = underWay.all();
    const { tagOf } = printer;
    screen.draw(composeLive(running, { ...size, now: now(), paint, tagOf, ...count(running.length) }));
  };

  const pass = (): void => {
    show();
    if (screen.size() !== undefined || now() - printedAt < silence) return;
    const running = underWay.all();
    print([composeSilence(running, count(running.length), now())]);
  };

  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    screen.draw([]);
  };

  const printEvent = (test: ScenarioIdentity, event: ScenarioEvent): void => {
    if (event.kind === 'start') printer.starts(test);
    if (event.kind === 'step') printer.step(test, event.step);
    if (event.kind === 'failure') printer.failed(test, event.failure);
    if (event.kind === 'premise-lost') printer.premiseLost(test, event.reason);
    const said =
      detail === 'events'
        ? describeEvent(event, {
            awaited: 'id' in event ? underWay.awaited(test, event.id) : undefined,
            emulated,
          })
        : undefined;
    if (said !== undefined) printer.remark(test, said);
  };

  return {
    begins: (start) => {
      emulated = isEmulated(start.target);
      print(composeHeading(start, paint));
      // The timer does not keep the process running.
      timer = setInterval(pass, tick).unref();
    },
    cluster: (kubernetes) => printer.say(composeCluster(kubernetes, paint)),
    knows: (count, atOnce) => {
      chosen = count;
      if (atOnce !== undefined) printer.atOnce(atOnce);
    },
    prints: (text) => printer.say([text.replace(/\n$/, '')]),
    event: (test, event) => {
      printEvent(test, event);
      underWay.learn(test, event);
      show();
    },
    ends: (test, scenario) => {
      ended.push(scenario);
      underWay.ends(test);
      printer.ends(test, scenario);
      show();
    },
    interrupted: (by, how) => {
      stop();
      printer.interrupted(['', describeInterruption(by, how)]);
    },
    closes: (report, path) => {
      stop();
      print(composeClosing(report, path, paint, { verbose: detail === 'events' }));
    },
  };
};

/**
 * Describes the events that are no steps, for `verbose`: the start of a step, each state during a wait, each fault
 * with its proof, each finding. `awaited` is the wait of the event, if it has one, as last reported.
 */
const describeEvent = (
  event: ScenarioEvent,
  { awaited, emulated }: { awaited: Awaited | undefined; emulated: boolean },
): string | undefined => {
  if (event.kind === 'step-begins') return `begins: ${event.sentence}`;
  if (event.kind === 'awaited')
    return `${event.state.replace('-', ' ')}: ${awaited?.what ?? 'what was awaited'}`;
  if (event.kind === 'fault') return `fault ${event.name}, ${event.phase}: ${event.detail}`;
  if (event.kind === 'finding')
    return `${emulated ? 'known difference, emulated' : 'finding'}: ${event.finding.title}`;
  if (event.kind === 'bug')
    return `known bug ${event.bug.id}: ${event.bug.kept ? 'its promise was kept' : 'it shows'}`;
  if (event.kind !== 'awaits') return undefined;
  const seen = event.now === null ? 'not seen yet' : `now ${event.now}`;
  const time = awaited === undefined ? `; at most ${formatDuration(event.limit)} (${event.owner})` : '';
  return `awaited: ${event.what}; ${seen}${time}`;
};
