import { BackendError, type BatchLimits, type Session } from '../../model/backend.ts'
import { type Json, parseJson } from '../../model/json.ts'
import type { Client } from './client.ts'
import { updateExperiment } from './experiments.ts'
import { envelope, joinArray, toText } from './json-text.ts'
import { apiPath } from './paths.ts'
import { findRejected } from './rejections.ts'
import { readId, readNumber, readText } from './reply.ts'
import { experimentLink } from './sites.ts'
import { formatTags } from './tags.ts'
import { createEncoder } from './wire.ts'
import { runTags, type WireNames } from './wire-context.ts'
import { createErrorTexts, toWireEnd } from './wire-status.ts'

/** How much of it Datadog takes at once is not told; this is little enough for it to answer in time. */
const limits: BatchLimits = { bytes: 1_000_000, spans: 100, metrics: 1_000 }

/** What an experiment and what it is made of were given as names, as kept for later sessions. */
export interface Reference {
  readonly experimentId: string
  readonly projectId: string
  readonly projectName: string
  readonly datasetId: string
  readonly datasetName: string
  /** How many records were gone through. */
  readonly records: number
}

export interface SessionParts {
  readonly client: Client
  readonly site: string
  readonly reference: Reference
  readonly names: WireNames
  readonly toolVersion: string
  readonly problems: readonly string[]
}

export function createSession({ client, site, reference, names, toolVersion, problems }: SessionParts): Session {
  const errors = createErrorTexts()
  const encode = createEncoder(names)
  return {
    reference: writeReference(reference),
    link: experimentLink(site, names.experimentId),
    limits,
    ...(problems.length === 0 ? {} : { problems }),
    encode(item, cut) {
      errors.add(item)
      return encode(item, cut)
    },
    async write(batch, signal) {
      if (batch.items.length === 0) return { rejected: [] }
      const tags = formatTags({
        'llmobs_exp.version': toolVersion,
        project_id: names.projectId,
        ...runTags(names, batch),
      })
      const body = writeEvents(batch.items, tags)
      const purpose = 'send spans and metrics'
      const path = apiPath(['experiments', names.experimentId, 'events'])
      const reply = await client.send({ method: 'POST', path, body, purpose }, signal)
      const rejected = findRejected(batch, reply.body, client.safeText)
      if (rejected !== undefined) return { rejected }
      throw new BackendError(`cannot ${purpose}: something of the batch was rejected`, { kind: 'invalid' })
    },
    async close(outcome, signal) {
      await updateExperiment(client, { id: names.experimentId, ...toWireEnd(outcome, errors.list()) }, signal)
    },
  }
}

function writeEvents(
  items: readonly { readonly spans: readonly Json[]; readonly metrics: readonly Json[] }[],
  tags: readonly string[],
): Json {
  const spans = items.flatMap((item) => item.spans)
  const metrics = items.flatMap((item) => item.metrics)
  return envelope('experiments', {
    scope: '"experiments"',
    tags: toText(tags),
    spans: spans.length === 0 ? undefined : joinArray(spans),
    metrics: metrics.length === 0 ? undefined : joinArray(metrics),
  })
}

function writeReference(reference: Reference): Json {
  return JSON.stringify({ v: 1, ...reference })
}

/** Undefined for what no session of this kind has given. */
export function readReference(json: Json | undefined): Reference | undefined {
  const value: unknown = json === undefined ? undefined : parseJson(json)
  const experimentId = readId(value, 'experimentId')
  const projectId = readId(value, 'projectId')
  const datasetId = readId(value, 'datasetId')
  const projectName = readText(value, 'projectName')
  const datasetName = readText(value, 'datasetName')
  if (experimentId === undefined || projectId === undefined || datasetId === undefined) return undefined
  if (projectName === undefined || datasetName === undefined) return undefined
  return { experimentId, projectId, projectName, datasetId, datasetName, records: readNumber(value, 'records') ?? 0 }
}
