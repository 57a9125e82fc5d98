import { readPastDelivery } from '../backends/batching/past-delivery.ts'
import { readComparison } from '../backends/local/comparison-file.ts'
import { readCurrentEvents } from '../backends/local/current-events.ts'
import { findExperiment } from '../backends/local/find-experiment.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import type { Manifest } from '../backends/local/manifest.ts'
import { openPushLog } from '../backends/local/push-log.ts'
import { createPushScan } from '../backends/local/push-scan.ts'
import type { DamagedLine } from '../backends/local/read-events.ts'
import { createRowReader } from '../backends/local/row-reader.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ExperimentView } from '../model/ports.ts'
import { createMultiplexer } from '../reporters/multiplexer.ts'
import { resolveReporters } from '../reporters/registry.ts'
import { createTally } from '../session/tally.ts'
import { createView } from '../session/view.ts'
import type { CommandContext } from './command-context.ts'
import type { RowSelection } from './row-selections.ts'
import { printRows } from './show-rows.ts'
import { describeExperiment } from './store-plans.ts'
import { warnOfPassedOver } from './warn-passed-over.ts'

export interface ShowFlags {
  readonly rows?: RowSelection
  readonly reporter?: readonly string[]
  readonly store?: string
}

/** `llmobs-exp show <experiment>`: replays a stored experiment through a reporter, or prints its rows. */
export async function show(wanted: string, flags: ShowFlags, context: CommandContext): Promise<number> {
  const store = openLocalStore(flags.store ?? defaultStoreFolder(context.currentFolder))
  const found = await findExperiment(store, wanted)
  const { manifest, store: itsStore, experimentId } = found
  await warnOfPassedOver(found, context)
  const info = describeExperiment(manifest, { files: itsStore.files(experimentId) })
  const tally = createTally(info)
  const comparison = readComparison(itsStore.files(experimentId).comparison)
  const view = createView(info, {
    tally,
    reader: createRowReader(info.eventsFile),
    comparison: comparison === undefined ? undefined : Promise.resolve(comparison),
  })
  if (flags.rows !== undefined) {
    await printRows(view, flags.rows, context.screen)
    return 0
  }
  const reporters = createMultiplexer(
    await resolveReporters(flags.reporter ?? [], { screen: context.screen, progress: false }),
  )
  let damaged = 0
  let isTorn = false
  const onDamaged = (line: DamagedLine): void => {
    if (line.isTorn) isTorn = true
    else damaged++
  }
  for await (const events of readCurrentEvents(info.eventsFile, onDamaged)) {
    for (const event of events) {
      tally.apply(event)
      reporters.event(event, view)
    }
  }
  if (damaged > 0) reporters.problem(damagedLines(damaged))
  if (isTorn) reporters.problem(TORN_LINE)
  const outcome = outcomeOf(manifest, view)
  const { events, push } = itsStore.files(experimentId)
  const delivery = await readPastDelivery({
    log: openPushLog(push, context.clock),
    progress: () => createPushScan(events).progress(),
  })
  const shown = {
    info,
    outcome,
    ...(delivery === undefined ? {} : { delivery }),
    ...(comparison === undefined ? {} : { comparison }),
  }
  await reporters.finish({ exitCode: outcome.exitCode, experiments: [shown], lastLine: '' })
  // What could not be printed is all there is to this command.
  return reporters.problems().length > 0 ? 2 : 0
}

const TORN_LINE = {
  type: 'problem',
  severity: 'warning',
  code: 'W_TORN_LINE',
  message:
    'the last line of the log was cut off by the end of the process that wrote it; what stood there counts as pending',
} as const

function damagedLines(count: number) {
  const lines = count === 1 ? 'one line' : `${count} lines`
  const message = `${lines} of the log cannot be read; what stood there counts as pending`
  return { type: 'problem', severity: 'warning', code: 'W_DAMAGED_LINE', message } as const
}

/** An experiment whose process was killed has no outcome of its own. */
function outcomeOf({ state }: Manifest, view: ExperimentView): Outcome {
  if (state.status === 'finished') return state.outcome
  const { rows } = view.summary()
  const done = rows.ok + rows.error + rows.timeout
  const error = new LlmobsExpError(
    'E_USER_CODE_ENDED',
    `the process that ran it has not finished it: ${done} rows are done`,
  )
  return {
    status: 'stopped',
    exitCode: 4,
    reason: { kind: 'user-code-ended', error: toErrorInfo('E_INTERNAL', error) },
    failures: [],
  }
}
