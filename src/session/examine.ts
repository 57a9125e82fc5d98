import { selectRecords } from '../engine/select.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Problem } from '../model/events.ts'
import type { Executor } from '../model/executor.ts'
import type { RecordText } from '../model/row.ts'
import { describeSelection } from './describe-selection.ts'
import type { PlannedExperiment } from './plan-experiment.ts'
import { createShape, type Shape } from './record-shape.ts'
import { watchSelection } from './watch-selection.ts'

/** What a dataset holds for one experiment. `unknown` is one that can be read but once, which is left to the run. */
export type ExaminedDataset =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'read'
      /** Valid ones, selected or not. */
      readonly records: number
      /** Left out by `--skip-invalid`. */
      readonly invalid: number
      /** What `--filter`, `--record` and `--sample-size` leave. */
      readonly selected: number
      readonly types: RecordTypes
    }

/** What the first selected records have been, as TypeScript types; empty where none of them has a value. */
export interface RecordTypes {
  readonly input: string
  readonly expectedOutput: string
  readonly metadata: string
}

/** How many records types are taken from. */
const TYPED_RECORDS = 100
const BATCH = 256

/**
 * Reads a planned experiment's dataset once more and counts what would be run. Calls neither task nor evaluators.
 * @throws LlmobsExpError `E_DATASET_EMPTY` when nothing is selected
 */
export async function examineDataset(
  { loaded, options, plan, experimentId, check }: PlannedExperiment,
  onProblem: (problem: Problem) => void,
): Promise<ExaminedDataset> {
  if (check === undefined) return { status: 'unknown' }
  const { info, module } = loaded
  const executor = module.open({ ref: info.ref, experimentId, config: options.config, evaluators: info.evaluators })
  const watch = watchSelection(executor, plan.selection)
  watch.executor.onNotice(onProblem)
  const known = plan.plannedRecords
  const { selected, types } = await readSelected(watch.executor, plan, known)
  if ((known ?? selected) === 0) throw nothingSelected(info.name, describeSelection(plan.selection), watch.hint())
  return { status: 'read', records: check.records, invalid: check.invalidCount, selected: known ?? selected, types }
}

/** Stops early where only the types are wanted. */
async function readSelected(executor: Executor, { selection }: PlannedExperiment['plan'], known: number | undefined) {
  const shapes = { input: createShape(), expectedOutput: createShape(), metadata: createShape() }
  let selected = 0
  for await (const batch of selectRecords(validRecords(executor), selection)) {
    for (const record of batch.slice(0, Math.max(TYPED_RECORDS - selected, 0))) {
      for (const field of ['input', 'expectedOutput', 'metadata'] as const) {
        const text = record[field]
        if (text !== undefined) shapes[field].add(JSON.parse(text))
      }
    }
    selected += batch.length
    if (known !== undefined && selected >= Math.min(known, TYPED_RECORDS)) break
  }
  const render = (shape: Shape): string => shape.types().join(' | ')
  const { input, expectedOutput, metadata } = shapes
  const types = { input: render(input), expectedOutput: render(expectedOutput), metadata: render(metadata) }
  return { selected, types }
}

async function* validRecords(executor: Executor): AsyncGenerator<readonly RecordText[], void> {
  for await (const items of executor.records({ batchSize: BATCH })) {
    yield items.flatMap((item) => (item.status === 'record' ? [item.record] : []))
  }
}

function nothingSelected(name: string, selection: string, hint: string | undefined): LlmobsExpError {
  const what = selection === '' ? 'expected at least one record to run, got none' : `no record matches ${selection}`
  return new LlmobsExpError('E_DATASET_EMPTY', `${name}: ${what}`, hint === undefined ? {} : { hint })
}
