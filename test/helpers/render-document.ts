import type { ExperimentOutcome, ExperimentView, GroupOutcome } from '../../src/model/ports.ts'
import type { RenderDocument } from '../../src/reporters/document.ts'
import { fakeView, groupOutcome, passed } from './fake-view.ts'

/** A document over one experiment, whole. */
export function renderDocument(
  render: RenderDocument,
  view: ExperimentView = fakeView(),
  changes: Partial<ExperimentOutcome> = {},
): Promise<string> {
  const { exitCode, lastLine } = groupOutcome(view.info, changes.outcome ?? passed, 'done')
  const outcome = { exitCode, lastLine, experiments: [{ info: view.info, outcome: passed, ...changes }] }
  return renderGroup(render, outcome, [view])
}

/** A document over several. */
export async function renderGroup(
  render: RenderDocument,
  outcome: GroupOutcome,
  views: readonly ExperimentView[],
): Promise<string> {
  let text = ''
  for await (const piece of render({ outcome, views: new Map(views.map((view) => [view.info.experimentId, view])) }))
    text += piece
  return text
}
