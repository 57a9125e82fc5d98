import { conditions } from './option-conditions.ts'
import { gates } from './option-gates.ts'
import { file, text, toggle } from './option-kinds.ts'

export const VERDICT = 'When it fails'

/** Options that say what passes. */
export const verdictOptions = {
  failUnder: conditions({
    group: VERDICT,
    description:
      'fail where an evaluator, a label or a summary evaluator is less than this; of scores also name.p50, .p95, .min and .max',
    examples: 'accuracy=0.9 or accuracy=90%',
  }),
  failOver: conditions({
    group: VERDICT,
    description:
      'fail where one of these is more than this; also error-rate, and latency.p50, latency.p95 and latency.max of the task',
    examples: 'tokens.p95=400, error-rate=2% or latency.p95=2s',
  }),
  quarantine: file({
    argument: 'file',
    group: VERDICT,
    description:
      'records that count for no threshold, not llmobs-exp.quarantine.json beside the nearest package.json; none: no file',
    expected: 'a file, or none',
  }),
  stopWhenCertain: toggle({
    group: VERDICT,
    description: 'skip the remaining rows as soon as no outcome of them can change the verdict',
  }),
  baseline: text({
    argument: 'experiment',
    group: VERDICT,
    description:
      'compare with this: latest (the last complete one of the same name), latest:<name>, an id, a baseline file, git:<ref>[:<file>], or datadog:<id or commit>',
    expected: 'an experiment, such as latest, or a baseline file',
  }),
  failOnRegression: gates({
    argument: 'name[:tolerance]',
    group: VERDICT,
    separator: ',',
    description:
      'fail when this evaluator, or any where none is named, is worse than the baseline by more than chance, and by more than the tolerance',
  }),
  exitZero: toggle({
    group: VERDICT,
    description: 'exit with 0 also where the verdict is failed, and say so: for benchmarks; other codes stay',
  }),
}
