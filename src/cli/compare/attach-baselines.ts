import type { BaselinePlan } from '../../session/compare/with-baseline.ts'
import type { PlannedExperiment } from '../../session/plan-experiment.ts'
import type { CommandContext } from '../command-context.ts'
import type { BaselineTools } from './baselines.ts'

/**
 * What each experiment of a command is to be held against. Nothing of it is loaded where nothing is compared.
 * @throws LlmobsExpError as `readBaselines`
 */
export async function findBaselines(
  planned: readonly Pick<PlannedExperiment, 'experimentId' | 'loaded' | 'options'>[],
  tools: BaselineTools,
  context: CommandContext,
): Promise<ReadonlyMap<string, BaselinePlan>> {
  const isAsked = planned.some(
    ({ options: { values } }) => values.baseline !== undefined || values.failOnRegression.length > 0,
  )
  if (!isAsked) return new Map()
  const { readBaselines } = await import('./baselines.ts')
  return readBaselines(planned, tools, context)
}

export function withBaseline<T extends { readonly experimentId: string }>(
  member: T,
  baselines: ReadonlyMap<string, BaselinePlan>,
): T & { readonly against?: BaselinePlan } {
  const against = baselines.get(member.experimentId)
  return against === undefined ? member : { ...member, against }
}
