import { formatDuration } from '../kube/duration.ts';
import { composeHeartbeat, composeLive } from './compose-live.ts';
import { composeClosing, composeCluster, composeHeading, type Paint } from './console.ts';
import type { Narrator, Told } from './narrator.ts';
import type { ScenarioEvent } from './record.ts';
import { countStates, type ScenarioReport } from './schema.ts';
import type { Screen } from './screen.ts';
import { createTeller } from './teller.ts';
import { type Awaited, createUnderWay } from './under-way.ts';

/** What a run is told with; `now` in ms since the epoch, `verbose` with all events. */
type Means = { screen: Screen; paint: Paint; verbose: boolean; now: () => number };

// As often as a reader sees time go by.
const tick = 1000;

/**
 * Tells a run to people: lines for what has happened, and what is under way below them, or, where nothing can
 * be drawn, a line a minute.
 */
export const createConsoleNarrator = ({ screen, paint, verbose, now }: Means): Narrator => {
  const teller = createTeller(screen.print, paint);
  const underWay = createUnderWay(now);
  const ended: ScenarioReport[] = [];
  let chosen = 0;
  let timer: NodeJS.Timeout | undefined;

  const show = (): void => {
    const size = screen.size();
    if (size === undefined || timer === undefined) return;
    const running = underWay.all();
    const { passed, failed, notProvable, skipped } = countStates(ended);
    const toCome = Math.max(0, chosen - ended.length - running.length);
    const { tagOf } = teller;
    screen.draw(
      composeLive(running, {
        ...size,
        now: now(),
        paint,
        tagOf,
        passed,
        failed: failed + notProvable,
        skipped,
        toCome,
      }),
    );
  };

  const pass = (): void => {
    show();
    for (const each of screen.size() === undefined ? underWay.beats() : [])
      teller.remark(each.test, composeHeartbeat(each, now()));
  };

  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    screen.draw([]);
  };

  const printEvent = (test: Told, event: ScenarioEvent): void => {
    if (event.kind === 'start') teller.starts(test);
    if (event.kind === 'step') teller.step(test, event.step);
    if (event.kind === 'failure') teller.failed(test, event.failure);
    const said = verbose
      ? describeEvent(event, 'id' in event ? underWay.awaited(test, event.id) : undefined)
      : undefined;
    if (said !== undefined) teller.remark(test, said);
  };

  return {
    begins: (start) => {
      screen.print(composeHeading(start, paint));
      // Nothing has to wait for it.
      timer = setInterval(pass, tick).unref();
    },
    cluster: (kubernetes) => teller.say(composeCluster(kubernetes, paint)),
    knows: (count, atOnce) => {
      chosen = count;
      if (atOnce !== undefined) teller.atOnce(atOnce);
    },
    prints: (text) => teller.say([text.replace(/\n$/, '')]),
    event: (test, event) => {
      printEvent(test, event);
      underWay.learn(test, event);
      show();
    },
    ends: (test, scenario) => {
      ended.push(scenario);
      underWay.ends(test);
      teller.ends(test, scenario);
      show();
    },
    breaksOff: (by) => {
      stop();
      teller.breaksOff(['', `Interrupted by ${by}: cleaning up`]);
    },
    closes: (report, path) => {
      stop();
      screen.print(composeClosing(report, path, paint));
    },
  };
};

/**
 * Says, for those who want to know all, what is no step: that one begins, each state that something awaited
 * goes through, each fault with its proof, each finding. `awaited` is what the event is about, if it is about
 * that, as it was told before it.
 */
const describeEvent = (event: ScenarioEvent, awaited: Awaited | undefined): string | undefined => {
  if (event.kind === 'step-begins') return `begins: ${event.sentence}`;
  if (event.kind === 'awaited')
    return `${event.state.replace('-', ' ')}: ${awaited?.what ?? 'what was awaited'}`;
  if (event.kind === 'fault') return `fault ${event.name}, ${event.phase}: ${event.detail}`;
  if (event.kind === 'finding') return `finding: ${event.finding.title}`;
  if (event.kind !== 'awaits') return undefined;
  const seen = event.now === null ? 'not seen yet' : `now ${event.now}`;
  const time = awaited === undefined ? `; at most ${formatDuration(event.limit)} (${event.owner})` : '';
  return `awaited: ${event.what}; ${seen}${time}`;
};
