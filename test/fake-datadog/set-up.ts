import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import type { JsonObject } from '../helpers/fake-datadog/json.ts'
import type { Dataset, Experiment } from '../helpers/fake-datadog/state.ts'
import { attributesOf, itemsOf, post, type Reply } from './client.ts'

/** A dataset in a project, with a record for each id. */
export function seedDataset(backend: FakeDatadog, ...ids: readonly string[]): Dataset {
  const project = backend.seed.project({ name: 'support' })
  const records = ids.map((id) => ({ id, input: `input of ${id}`, expectedOutput: `output of ${id}` }))
  return backend.seed.dataset({ projectId: project.id, name: 'triage', records })
}

export function pathOf({ projectId, id }: Dataset): string {
  return `/${projectId}/datasets/${id}`
}

export function batch(backend: FakeDatadog, dataset: Dataset, attributes: JsonObject): Promise<Reply> {
  return post(backend, `${pathOf(dataset)}/batch_update`, 'datasets', attributes)
}

export function append(backend: FakeDatadog, dataset: Dataset, ...records: readonly JsonObject[]): Promise<Reply> {
  return post(backend, `${pathOf(dataset)}/records`, 'datasets', { records })
}

/** The versions that the records of an answer are of. */
export function versionsOf(reply: Reply): unknown[] {
  return itemsOf(reply).map((item) => attributesOf(item).version)
}

export function seedExperiment(backend: FakeDatadog, name = 'triage'): Experiment {
  const { id: datasetId, projectId } = seedDataset(backend)
  return backend.seed.experiment({ projectId, datasetId, name })
}

/** A span that the backend accepts. */
export function spanOf(experiment: Experiment, backend: FakeDatadog, changes: JsonObject = {}): JsonObject {
  return {
    span_id: '6c2d23bc3d60c142',
    trace_id: '6a8374da000000006c2d23bc3d60c142',
    project_id: experiment.projectId,
    dataset_id: experiment.datasetId ?? '',
    name: 'task',
    start_ns: backend.time.now() * 1_000_000,
    duration: 90_625,
    status: 'ok',
    meta: { input: { value: 1 }, output: { value: 2 }, expected_output: { value: 2 } },
    tags: [`experiment_id:${experiment.id}`, 'dataset_record_id:r1', 'run_id:run-1', 'run_iteration:1'],
    ...changes,
  }
}

/** A metric that the backend accepts. */
export function metricOf(experiment: Experiment, backend: FakeDatadog, changes: JsonObject = {}): JsonObject {
  return {
    metric_source: 'custom',
    span_id: '6c2d23bc3d60c142',
    trace_id: '6a8374da000000006c2d23bc3d60c142',
    timestamp_ms: Math.floor(backend.time.now()),
    label: 'exact',
    metric_type: 'boolean',
    boolean_value: true,
    error: null,
    tags: [],
    experiment_id: experiment.id,
    status: 'OK',
    ...changes,
  }
}

/** A metric about a whole run that the backend accepts. */
export function summaryOf(experiment: Experiment, backend: FakeDatadog, changes: JsonObject = {}): JsonObject {
  const { status: _status, boolean_value: _value, ...metric } = metricOf(experiment, backend)
  const about = { metric_source: 'summary', span_id: '', trace_id: '' }
  return { ...metric, ...about, metric_type: 'score', label: 'pass_rate', score_value: 4, ...changes }
}

export function postEvents(backend: FakeDatadog, { id }: Experiment, attributes: JsonObject): Promise<Reply> {
  return post(backend, `/experiments/${id}/events`, 'experiments', attributes)
}
