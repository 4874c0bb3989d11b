import type { StepReport } from '../../../e2e/suite/steps/deps.ts';

/** A report that keeps what it was told: each step when it starts and when it ends, the findings, and what becomes of faults. */
export const record = () => {
  const told: string[] = [];
  const findings: Parameters<StepReport['finding']>[0][] = [];
  const faults: Parameters<StepReport['fault']>[0][] = [];
  const report: StepReport = {
    step: (sentence) => {
      told.push(`${sentence} ...`);
      return {
        done: (detail) => told.push(detail === undefined ? sentence : `${sentence}: ${detail}`),
        failed: (error) => told.push(`${sentence} FAILED: ${error instanceof Error ? error.message : String(error)}`),
      };
    },
    finding: (finding) => findings.push(finding),
    fault: (event) => faults.push(event),
  };
  return { report, told, findings, faults };
};
