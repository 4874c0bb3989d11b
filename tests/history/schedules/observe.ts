import { evaluate, expectHistory, gone, once, onceGone } from '../../../e2e/history/expectation.ts';
import { followWith } from '../../../e2e/history/watch.ts';
import { connect } from '../../../e2e/kube/cluster.ts';

/** What is put to the test: the watcher and whoever judges by it, whole or broken on purpose. */
export type Observe = {
  connect: typeof connect;
  followWith: typeof followWith;
  expectHistory: typeof expectHistory;
  evaluate: typeof evaluate;
  once: typeof once;
  onceGone: typeof onceGone;
  gone: typeof gone;
};

export const observe: Observe = { connect, followWith, expectHistory, evaluate, once, onceGone, gone };
