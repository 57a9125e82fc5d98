import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import { experimentFiles } from '../../../src/backends/local/layout.ts'
import { loadScoreIndex } from '../../../src/backends/local/score-index/load.ts'
import { stamped, unitEvents } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const built = resolve(import.meta.dirname, '../../../dist/session/executors/workers.cjs')

async function startThread(files: { readonly events: string; readonly scores: string }) {
  const module: typeof import('../../../src/session/executors/workers.ts') = await import(built)
  return module.createWorkers().indexLog(files)
}

test('a thread makes the index that is made without one', async () => {
  const folder = await tempFolder()
  const [events, scores] = [join(folder, 'events.jsonl'), join(folder, 'scores.jsonl')]
  writeFileSync(
    events,
    stamped(unitEvents({ key: 'a' }))
      .map(eventLine)
      .join(''),
  )
  const [exitCode] = await once(await startThread({ events, scores }), 'exit')
  expect(exitCode).toBe(0)
  const made = readFileSync(scores, 'utf8')

  await loadScoreIndex({ events, scores: join(folder, 'again.jsonl') })
  expect(made).toBe(readFileSync(join(folder, 'again.jsonl'), 'utf8'))
})

test('a thread whose log cannot be read ends with the error', async () => {
  const { events, scores } = experimentFiles(await tempFolder(), 'none')
  const [error] = await once(await startThread({ events, scores }), 'error')
  expect(error).toMatchObject({ code: 'E_STORE_READ' })
})
