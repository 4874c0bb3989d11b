import { evaluate, expectHistory, gone } from '../../../e2e/history/expectation.ts';
import { followWith } from '../../../e2e/history/watch.ts';
import { throwUnlessOk } from '../../../e2e/kube/request.ts';

export const observe = { throwUnlessOk, followWith, expectHistory, evaluate, gone };

/** The code under test: the watcher and the judge, correct or with a mutant. */
export type Observe = typeof observe;
