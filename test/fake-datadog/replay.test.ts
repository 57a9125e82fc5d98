import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeDatadog, startFakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { isList, isObject, type Json, type JsonObject, memberAt, textAt } from '../helpers/fake-datadog/json.ts'
import { parseTime } from '../helpers/fake-datadog/time.ts'
import { type Reply, send } from './client.ts'
import { noteChanges, prepare, type SeenChanges } from './prepare.ts'
import { type Recording, readRecordings } from './recordings.ts'

describe('asked what the real backend was asked, in the same order', () => {
  const changes: SeenChanges = new Map()
  let backend: FakeDatadog
  beforeAll(async () => {
    backend = await startFakeDatadog()
  })
  afterAll(() => backend.close())

  it.each(readRecordings().map((recording, index) => ({ line: index + 1, what: titleOf(recording), recording })))(
    'it answers as recorded: $line $what',
    async ({ recording }) => {
      prepare(backend, changes, recording)
      noteChanges(changes, recording)
      const { body: recorded, status, contentType } = recording.response
      const reply = await replay(backend, recording)
      expect(reply.status, reply.text).toBe(status)
      expect(reply.headers.get('content-type')).toBe(contentType)
      if (recorded === null) expect(reply.text).toBe('')
      else expect(comparable(reply.json ?? null, recorded)).toEqual(comparable(recorded, recorded))
      const times = creationTimes(reply)
      expect(times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0n))).toBe(true)
    },
  )
})

function titleOf({ request, response }: Recording): string {
  const path = request.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => id.slice(0, 8))
  return `${request.method} ${path} ${response.status}`
}

function replay(backend: FakeDatadog, { request }: Recording): Promise<Reply> {
  const { method, path, contentType, body } = request
  const headers = contentType === null ? {} : { 'content-type': contentType }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return send(backend, method, path, { headers, ...(body === null ? {} : { body: text }) })
}

/** Of a list that was read, which is the newest first. */
function creationTimes({ json }: Reply): bigint[] {
  const data = memberAt(json, 'meta') === undefined ? [] : memberAt(json, 'data')
  return isList(data) ? data.map((one) => parseTime(textAt(one, 'attributes', 'created_at'))) : []
}

/** Without what no two backends have in common: times, ids that they have made, and orders that mean nothing. */
function comparable(value: Json, recorded: Json): Json {
  const text = JSON.stringify(recorded)
  const neutral = (one: Json): Json => {
    if (typeof one === 'string') return neutralText(one)
    if (isList(one)) return one.map(neutral).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    if (!isObject(one)) return one
    const members = Object.entries(one).filter(([name]) => !isAddedSince(name, one, text))
    return Object.fromEntries(members.map(([name, member]) => [name, neutral(member)]))
  }
  return neutral(value)
}

function neutralText(text: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return 'a time'
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)) return 'an id'
  return text.replace(/-\d{13}$/, '-milliseconds')
}

/** Whether the real backend has come to say this only after the recording was made. */
function isAddedSince(name: string, object: JsonObject, recorded: string): boolean {
  const isNew = name === 'ttl' || name === 'is_auto_experiment' || (name === 'metadata' && 'dataset_type' in object)
  return isNew && !recorded.includes(`"${name}":`)
}
