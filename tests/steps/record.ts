import type { StepReport } from '../../e2e/steps/context.ts';

/** A report that keeps what it was told: each step when it starts and when it ends, and the findings. */
export const record = () => {
  const told: string[] = [];
  const findings: Parameters<StepReport['finding']>[0][] = [];
  const report: StepReport = {
    step: (sentence) => {
      told.push(`${sentence} ...`);
      return {
        done: (detail) => told.push(detail === undefined ? sentence : `${sentence}: ${detail}`),
        failed: (error) => told.push(`${sentence} FAILED: ${error instanceof Error ? error.message : String(error)}`),
      };
    },
    finding: (finding) => findings.push(finding),
  };
  return { report, told, findings };
};
