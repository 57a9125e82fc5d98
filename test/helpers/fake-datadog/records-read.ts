import { type Answer, badRequest } from './answers.ts'
import { findDataset, visibleOf } from './datasets.ts'
import type { JsonObject } from './json.ts'
import { newestFirst, pageAnswer, takePage } from './paging.ts'
import { AUTHOR } from './projects.ts'
import { type Dataset, newestOf, type Snapshot, type StoredRecord } from './state.ts'
import { formatMicros, formatNanos } from './time.ts'
import { type Call, isVisible, type World } from './world.ts'

export function listRecords(world: World, call: Call): Answer {
  const dataset = findDataset(world, call)
  const tags = call.query.getAll('filter[tags]')
  const { records } = askedSnapshot(world, dataset, call.query.get('filter[version]'))
  const found = [...records.values()].filter(
    ({ content }) => tags.length === 0 || tags.some((tag) => content.tags.includes(tag)),
  )
  const { items, after } = takePage(world, call, newestFirst(world, found))
  return pageAnswer(
    items.map((record) => renderRead(world, record)),
    after,
  )
}

/** A record in the answer to what has changed it. */
export function renderChanged(world: World, record: StoredRecord, version: number): JsonObject {
  const { deletedAt } = record
  const format = deletedAt === undefined && record.createdAt === record.updatedAt ? formatNanos : formatMicros
  return render(record, {
    ...contentOf(record),
    created_at: format(record.createdAt),
    ...(deletedAt === undefined ? {} : { deleted_at: formatMicros(deletedAt) }),
    tags: disorderedTags(world, record),
    ttl: format(record.ttl),
    updated_at: format(record.updatedAt),
    version,
  })
}

function renderRead(world: World, record: StoredRecord): JsonObject {
  const tags = disorderedTags(world, record)
  return render(record, {
    ...contentOf(record),
    created_at: formatMicros(record.createdAt),
    ...(tags.length === 0 ? {} : { tags }),
    ttl: formatMicros(record.ttl),
    updated_at: formatMicros(record.updatedAt),
  })
}

function render({ id, canonicalId, datasetId }: StoredRecord, attributes: JsonObject): JsonObject {
  const names = { author: AUTHOR, canonical_id: canonicalId, dataset_id: datasetId }
  return { id, type: 'datasets', attributes: { ...names, ...attributes } }
}

/** What is null is not there; an empty text or object is. */
function contentOf({ content }: StoredRecord): JsonObject {
  const { input, expectedOutput, metadata } = content
  return {
    ...(expectedOutput === null ? {} : { expected_output: expectedOutput }),
    input,
    ...(metadata === null ? {} : { metadata }),
  }
}

/** The backend does not keep the order of tags. */
function disorderedTags({ random }: World, { id, content }: StoredRecord): string[] {
  return [...content.tags].sort((one, other) => random.rank(id, one) - random.rank(id, other))
}

function askedSnapshot(world: World, dataset: Dataset, text: string | null): Snapshot {
  if (text === null) return visibleOf(world, dataset)
  const version = Number(text)
  if (!Number.isInteger(version) || version < 0 || version > newestOf(dataset).version) {
    throw badRequest('invalid version: version is greater than the current version or negative')
  }
  const visible = dataset.snapshots.findLast((one) => one.version === version && isVisible(world, one.at))
  return visible ?? { version, at: dataset.createdAt, records: new Map() }
}
