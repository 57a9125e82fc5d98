import type { PushedDataset } from '../../model/backend.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import type { Clock } from '../../model/ports.ts'
import { quote } from '../../model/quote.ts'
import { createClient, type Timeouts } from './client.ts'
import { createDatasetSync, type SyncedDataset } from './dataset-sync.ts'
import { listDatasets, type RemoteDataset } from './datasets.ts'
import { askAgain } from './patience.ts'
import { findProject, listProjects, openProject } from './projects.ts'
import { type ExperimentWish, type OpenedExperiment, pullExperiment } from './pull-experiment.ts'
import { type Inference, inferEvaluator } from './remote-evaluator.ts'
import { type EventsPage, readEvents } from './remote-events.ts'
import { type ExperimentFilter, listExperiments, type RemoteExperiment } from './remote-experiments.ts'
import { type PulledDataset, type PullWish, pullDataset } from './remote-records.ts'
import { BACKEND_NAME, type DatadogSettings, placeOf } from './settings.ts'
import { datasetLink } from './sites.ts'
import { didYouMean, suggestName } from './suggest-name.ts'

/** What there is at Datadog apart from the experiments that are pushed. Names of projects are those of the settings unless given. */
export interface DatadogRemote {
  readonly name: string
  /** Where it is, for people: `datadoghq.com`. */
  readonly place: string
  listDatasets(wish: InProject, signal: AbortSignal): AsyncIterable<RemoteDataset>
  /** Makes the dataset there what it is here. */
  pushDataset(wish: InProject & { readonly dataset: PushedDataset }, signal: AbortSignal): Promise<PushedResult>
  pullDataset(wish: InProject & Omit<PullWish, 'project'>, signal: AbortSignal): Promise<PulledDataset>
  listExperiments(
    wish: InProject & Omit<ExperimentFilter, 'projectId'>,
    signal: AbortSignal,
  ): AsyncIterable<RemoteExperiment>
  readEvents(experimentId: string, signal: AbortSignal): AsyncIterable<EventsPage>
  /** @throws LlmobsExpError `E_BACKEND_UNKNOWN` */
  pullExperiment(wish: ExperimentWish, signal: AbortSignal): Promise<OpenedExperiment>
  infer(wish: { readonly name: string; readonly context: Json }, signal: AbortSignal): Promise<Inference>
  close(): Promise<void>
}

export interface InProject {
  readonly project?: string
}

export interface PushedResult extends SyncedDataset {
  readonly link: string
}

export interface RemoteTools {
  readonly clock: Clock
  readonly timeouts?: Partial<Timeouts>
  /** How many requests there may be at once. @default 4 */
  readonly connections?: number
}

/** Each compares anew, and goes on where the one before it ended. */
const SYNC_ATTEMPTS = 4

export function createDatadogRemote(settings: DatadogSettings, tools: RemoteTools): DatadogRemote {
  const { clock } = tools
  const client = createClient(settings, tools)
  const nameOf = ({ project }: InProject): string => project ?? settings.project
  const projectOf = async (wish: InProject, signal: AbortSignal): Promise<string> => {
    const project = await findProject(client, nameOf(wish), signal)
    if (project !== undefined) return project.id
    // Asked without one, Datadog would answer for the whole organisation.
    const near = await suggestName(client, { name: nameOf(wish), others: listProjects(client, signal) }, signal)
    throw new LlmobsExpError('E_BACKEND_UNKNOWN', `Datadog has no project ${quote(nameOf(wish))}`, didYouMean(near))
  }
  return {
    name: BACKEND_NAME,
    place: placeOf(settings),
    async *listDatasets(wish, signal) {
      const projectId = await projectOf(wish, signal)
      for await (const datasets of listDatasets(client, { projectId }, signal)) yield* datasets
    },
    async pushDataset(wish, signal) {
      const datasets = createDatasetSync()
      const sync = async (): Promise<SyncedDataset> => {
        const { id: projectId } = await openProject(client, nameOf(wish), signal)
        return datasets.sync(wish.dataset, { client, clock, signal, projectId, insertOnly: false })
      }
      const synced = await askAgain(sync, { clock, signal, attempts: SYNC_ATTEMPTS })
      return { ...synced, link: datasetLink(settings.site, synced.id) }
    },
    pullDataset: (wish, signal) => pullDataset(client, { ...wish, project: nameOf(wish) }, { clock, signal }),
    async *listExperiments(wish, signal) {
      yield* listExperiments(client, { ...wish, projectId: await projectOf(wish, signal) }, signal)
    },
    pullExperiment: (wish, signal) => pullExperiment(client, { ...wish, settings }, signal),
    readEvents: (experimentId, signal) => readEvents(client, experimentId, signal),
    infer: (wish, signal) => inferEvaluator(client, wish, signal),
    close: () => client.close(),
  }
}
