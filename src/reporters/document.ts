import type { ExperimentView, GroupOutcome, Reporter } from '../model/ports.ts'
import type { Output } from './output.ts'

/** What a document is made from. An experiment that was never started has no view. */
export interface DocumentInput {
  readonly outcome: GroupOutcome
  readonly views: ReadonlyMap<string, ExperimentView>
}

/** A document, piece by piece: rows are read while it is written, so that nobody has to hold them all. */
export type RenderDocument = (input: DocumentInput) => AsyncIterable<string> | Iterable<string>

export interface DocumentOptions {
  readonly name: string
  readonly output: Output
  /** Whether the output is the terminal's stdout. */
  readonly ownsStdout: boolean
  readonly render: RenderDocument
}

/** Pieces are written together until there is so much of them. */
const WRITE_LENGTH = 64 * 1024

/** Writes one document when everything is over. */
export function createDocumentReporter({ name, output, ownsStdout, render }: DocumentOptions): Reporter {
  const collected = collectViews()
  return {
    name,
    ownsStdout,
    event: (_event, view) => collected.add(view),
    async finish(outcome) {
      try {
        await writeAll(render({ outcome, views: collected.views }), output)
        await output.finish()
      } catch (thrown) {
        await output.discard()
        throw thrown
      }
    },
  }
}

export interface CollectedViews {
  readonly views: ReadonlyMap<string, ExperimentView>
  add(view: ExperimentView): void
}

/** Keeps the view of each experiment it is told of, by id. */
export function collectViews(): CollectedViews {
  const views = new Map<string, ExperimentView>()
  let last: ExperimentView | undefined
  return {
    views,
    add(view) {
      if (view === last) return
      last = view
      views.set(view.info.experimentId, view)
    },
  }
}

async function writeAll(pieces: AsyncIterable<string> | Iterable<string>, output: Output): Promise<void> {
  let waiting = ''
  for await (const piece of pieces) {
    waiting += piece
    if (waiting.length < WRITE_LENGTH) continue
    await output.write(waiting)
    waiting = ''
  }
  await output.write(waiting)
}
