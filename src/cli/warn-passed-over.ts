import type { FoundExperiment } from '../backends/local/find-experiment.ts'
import { renderProblem } from '../reporters/format/problem.ts'
import { loadColors } from '../terminal/colors.ts'
import type { CommandContext } from './command-context.ts'

/** Says which newer experiments may have been meant by a name, and cannot be read. */
export async function warnOfPassedOver({ passedOver }: FoundExperiment, { screen }: CommandContext): Promise<void> {
  if (passedOver.length === 0) return
  const ids = passedOver.map(({ experimentId }) => experimentId)
  const message = `there are newer experiments that cannot be read, and may be meant: ${ids.join(', ')}; llmobs-exp list says why`
  const colors = await loadColors(screen.stderr.colorLevel)
  await screen.stderr.write(`${renderProblem({ severity: 'warning', code: 'W_PASSED_OVER', message }, colors)}\n`)
}
