import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { compileModule } from '../../../src/load/compile.ts'
import type { Problem } from '../../../src/model/events.ts'
import type { FollowUp, PendingCall, RecordItem } from '../../../src/model/executor.ts'
import type { ConsoleChunk, ExperimentRef } from '../../../src/model/ports.ts'
import type { RecordText } from '../../../src/model/row.ts'
import type { ThreadExecutor } from '../../../src/session/executors/thread-executor.ts'
import { loadUserModule, type UserModule } from '../../../src/session/executors/user-module.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const root = resolve(import.meta.dirname, '../../..')

/** An experiment of a fixture that is open in a thread of its own. */
export interface Opened {
  readonly module: UserModule
  readonly ref: ExperimentRef
  readonly executor: ThreadExecutor
  readonly notices: readonly Problem[]
  readonly console: readonly ConsoleChunk[]
  /** Resolves when there is a notice with this code. */
  noticed(code: Problem['code']): Promise<Problem>
}

/** Compiles a module of `test/fixtures/executors` and opens one of its experiments. The thread ends with the test. */
export async function openFixture(fixture: string, exportName: string): Promise<Opened> {
  const compiled = await compileModule(join(root, 'test/fixtures/executors', fixture), {
    cacheFolder: await tempFolder(),
    packageEntry: join(root, 'dist/index.js'),
  })
  // A thread is started from a built file.
  const { createWorkers }: typeof import('../../../src/session/executors/workers.ts') = await import(
    join(root, 'dist/session/executors/workers.cjs')
  )
  const console: ConsoleChunk[] = []
  const module = await loadUserModule(compiled, {
    workers: createWorkers(),
    onConsole: (chunk) => console.push(chunk),
    onModule: ({ close }) => onTestFinished(close),
  })
  const info = module.definitions.find(({ ref }) => ref.exportName === exportName)
  if (info === undefined) throw new Error(`${fixture} exports no ${exportName}`)
  const { ref, config, evaluators } = info
  const executor = module.open({ ref, experimentId: '20261122t081503-k3f9q2', config, evaluators })
  const notices: Problem[] = []
  const waiting: { code: string; resolve: (notice: Problem) => void }[] = []
  executor.onNotice((notice) => {
    notices.push(notice)
    for (const { code, resolve } of waiting) if (code === notice.code) resolve(notice)
  })
  return {
    module,
    ref,
    executor,
    notices,
    console,
    noticed(code) {
      const known = notices.find((notice) => notice.code === code)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve) => waiting.push({ code, resolve }))
    },
  }
}

export function readItems(executor: ThreadExecutor, batchSize = 10): Promise<RecordItem[]> {
  return gather(executor.records({ batchSize }))
}

export async function gather(batches: AsyncIterable<readonly RecordItem[]>): Promise<RecordItem[]> {
  const items: RecordItem[] = []
  for await (const batch of batches) items.push(...batch)
  return items
}

/** All records of the dataset, by key. */
export async function readRecords(executor: ThreadExecutor): Promise<ReadonlyMap<string, RecordText>> {
  const items = await readItems(executor)
  return new Map(items.flatMap((item) => (item.status === 'record' ? [[item.record.key, item.record]] : [])))
}

export function recordOf(records: ReadonlyMap<string, RecordText>, key: string): RecordText {
  const record = records.get(key)
  if (record === undefined) throw new Error(`there is no record ${key}`)
  return record
}

/** Resolves when user code has been entered. */
export async function entered(call: PendingCall<unknown>): Promise<void> {
  while (call.startedAt() === undefined) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** What a follow-up came to, in as few words as tell it. */
export function describeFollowUp(followUp: FollowUp): unknown {
  if (followUp.status !== 'ended') return followUp.status
  const { end } = followUp
  return end.status === 'returned' ? end.result : end.reason
}
