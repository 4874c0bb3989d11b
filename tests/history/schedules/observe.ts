import { evaluate, expectHistory, gone } from '../../../e2e/history/expectation.ts';
import { followWith } from '../../../e2e/history/watch.ts';
import { throwUnlessOk } from '../../../e2e/kube/request.ts';

export const observe = { throwUnlessOk, followWith, expectHistory, evaluate, gone };

/** What is put to the test: the watcher and whoever judges by it, whole or broken on purpose. */
export type Observe = typeof observe;
