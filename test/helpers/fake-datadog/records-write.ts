import { type Answer, badRequest, jsonAnswer } from './answers.ts'
import { findDataset } from './datasets.ts'
import { isObject, type JsonObject, memberAt } from './json.ts'
import { changeRecords, type RecordChanges, type RecordInsert, type RecordUpdate } from './records-change.ts'
import { renderChanged } from './records-read.ts'
import { objectsAt, readAttributes, requiredText, textsAt } from './request-body.ts'
import type { Call, World } from './world.ts'

const nothing: RecordChanges = { inserts: [], updates: [], deletes: [], deduplicate: true, createNewVersion: true }

export function appendRecords(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  return change(world, call, {
    ...nothing,
    inserts: objectsAt(attributes, 'records').map(readInsert),
    deduplicate: memberAt(attributes, 'deduplicate') !== false,
  })
}

export function updateRecords(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  return change(world, call, { ...nothing, updates: objectsAt(attributes, 'records').map(readUpdate) })
}

export function deleteRecords(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  return change(world, call, { ...nothing, deletes: textsAt(attributes, 'record_ids') })
}

export function batchUpdate(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  return change(world, call, {
    inserts: objectsAt(attributes, 'insert_records').map(readInsert),
    updates: objectsAt(attributes, 'update_records').map(readUpdate),
    deletes: textsAt(attributes, 'delete_records'),
    deduplicate: memberAt(attributes, 'deduplicate') !== false,
    createNewVersion: memberAt(attributes, 'create_new_version') !== false,
  })
}

function change(world: World, call: Call, changes: RecordChanges): Answer {
  const dataset = findDataset(world, call)
  const { version, records } = changeRecords(world, dataset, changes)
  return jsonAnswer(200, { data: records.map((record) => renderChanged(world, record, version)) })
}

function readInsert(record: JsonObject): RecordInsert {
  const id = memberAt(record, 'id')
  if (id === '' || (id !== undefined && typeof id !== 'string')) throw badRequest('id must be a non-empty string')
  const input = memberAt(record, 'input')
  if (input === undefined) throw badRequest('input is required')
  const content = {
    input,
    expectedOutput: memberAt(record, 'expected_output') ?? null,
    metadata: memberAt(record, 'metadata') ?? null,
    tags: textsAt(record, 'tags'),
  }
  return { id, content }
}

function readUpdate(record: JsonObject): RecordUpdate {
  const operations = memberAt(record, 'tag_operations') ?? {}
  if (!isObject(operations)) throw badRequest('tag_operations must be an object')
  const unknown = Object.keys(operations).find((name) => !['add', 'remove', 'set'].includes(name))
  if (unknown !== undefined) throw badRequest(`unknown tag operation: ${unknown}`)
  const set = Object.hasOwn(operations, 'set') ? textsAt(operations, 'set') : undefined
  return {
    id: requiredText(record, 'id'),
    input: memberAt(record, 'input') ?? null,
    expectedOutput: memberAt(record, 'expected_output') ?? null,
    metadata: memberAt(record, 'metadata') ?? null,
    tags: { remove: textsAt(operations, 'remove'), add: textsAt(operations, 'add'), set },
  }
}
