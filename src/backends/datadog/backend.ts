import { type Backend, BackendError, type OpenSessionOptions, type PushedExperiment } from '../../model/backend.ts'
import type { Clock } from '../../model/ports.ts'
import { type Client, createClient, type Timeouts } from './client.ts'
import { createDatasetSync, type DatasetSync, type SyncedDataset } from './dataset-sync.ts'
import { createExperiment, type ExperimentPlace, findExperiment, updateExperiment } from './experiments.ts'
import { RequestError } from './failures.ts'
import { askPatiently } from './patience.ts'
import { mayWrite } from './permissions.ts'
import { askForProjects, openProject, type Project } from './projects.ts'
import { noChanges } from './record-changes.ts'
import { createSession, type Reference, readReference } from './session.ts'
import { BACKEND_NAME, type DatadogSettings, placeOf } from './settings.ts'
import { formatTags } from './tags.ts'

export interface DatadogTools {
  readonly clock: Clock
  readonly timeouts?: Partial<Timeouts>
  /** Takes other secrets than the keys out of what the backend says. */
  readonly mask?: (text: string) => string
}

/** Milliseconds that an experiment which may have been made is looked for before it is made once more. */
const LOOKUP_PATIENCE = 10_000

interface Work extends DatadogTools {
  readonly settings: DatadogSettings
  readonly client: Client
  readonly datasets: DatasetSync
  readonly projects: Map<string, Project>
  /** Experiments that were to be made, by an answer that did not come. */
  readonly doubtful: Set<string>
}

export interface DatadogBackend extends Backend {
  /** Whether the keys may change anything. */
  mayWrite(signal: AbortSignal): Promise<boolean>
}

/** Datadog LLM Observability. */
export function createDatadogBackend(settings: DatadogSettings, tools: DatadogTools): DatadogBackend {
  const client = createClient(settings, tools)
  const datasets = createDatasetSync()
  const work: Work = { ...tools, settings, client, datasets, projects: new Map(), doubtful: new Set() }
  return {
    name: BACKEND_NAME,
    place: placeOf(settings),
    check: (signal) => check(client, signal),
    mayWrite: (signal) => mayWrite(client, signal),
    open: (experiment, options) => open(work, withOrigin(experiment, settings), options),
    close: () => client.close(),
  }
}

/** A dataset that was read from here has its own name here; of one that was read elsewhere nothing is known. */
function withOrigin(experiment: PushedExperiment, settings: DatadogSettings): PushedExperiment {
  const { origin, ...dataset } = experiment.dataset
  if (origin === undefined) return experiment
  const isHere = origin.backend === BACKEND_NAME && origin.place === placeOf(settings)
  return { ...experiment, dataset: isHere ? { ...dataset, origin, name: origin.name } : dataset }
}

async function check(client: Client, signal: AbortSignal): Promise<void> {
  try {
    await askForProjects(client, signal)
  } catch (error) {
    // Whoever finds fault with the question has let us in.
    if (!(error instanceof BackendError) || error.failure.kind !== 'invalid') throw error
  }
}

async function open(work: Work, experiment: PushedExperiment, { known, signal }: OpenSessionOptions) {
  const { client, settings } = work
  const earlier = readReference(known)
  const opened = await (earlier === undefined
    ? openNew(work, experiment, signal)
    : openAgain(work, { experiment, earlier }, signal))
  const userTags = formatTags(experiment.tags)
  const { reference, setAside } = opened
  const names = {
    ...reference,
    localId: experiment.experimentId,
    experimentName: experiment.name,
    tags: userTags,
  }
  const { toolVersion } = experiment
  return createSession({ client, site: settings.site, reference, names, toolVersion, problems: setAside })
}

interface Opened {
  readonly reference: Reference
  readonly setAside: readonly string[]
}

async function openNew(work: Work, experiment: PushedExperiment, signal: AbortSignal): Promise<Opened> {
  const project = await findProject(work, experiment.project ?? work.settings.project, signal)
  const dataset = await sync(work, { experiment, projectId: project.id, insertOnly: false }, signal)
  const place = { project, dataset, userTags: formatTags(experiment.tags) }
  const experimentId = await findOrCreate(work, { experiment, place }, signal)
  await sayRunning(work, experimentId, signal)
  const reference = {
    experimentId,
    projectId: project.id,
    projectName: project.name,
    datasetId: dataset.id,
    datasetName: experiment.dataset.name,
    records: dataset.records,
  }
  return { reference, setAside: dataset.setAside }
}

/** What is known is there. Only a dataset of which just a part had been read then may have grown since. */
async function openAgain(
  work: Work,
  { experiment, earlier }: { readonly experiment: PushedExperiment; readonly earlier: Reference },
  signal: AbortSignal,
): Promise<Opened> {
  const { isWhole, origin } = experiment.dataset
  if (isWhole || origin !== undefined) return { reference: earlier, setAside: [] }
  let records = 0
  for await (const batch of experiment.dataset.records()) records += batch.length
  if (records <= earlier.records) return { reference: earlier, setAside: [] }
  const { setAside } = await sync(work, { experiment, projectId: earlier.projectId, insertOnly: true }, signal)
  return { reference: { ...earlier, records }, setAside }
}

async function findProject({ client, projects }: Work, name: string, signal: AbortSignal): Promise<Project> {
  const project = projects.get(name) ?? (await openProject(client, name, signal))
  projects.set(name, project)
  return project
}

interface SyncWish {
  readonly experiment: PushedExperiment
  readonly projectId: string
  readonly insertOnly: boolean
}

async function sync({ client, clock, datasets }: Work, wish: SyncWish, signal: AbortSignal): Promise<SyncedDataset> {
  const { experiment, projectId, insertOnly } = wish
  const { origin } = experiment.dataset
  if (origin !== undefined) {
    return { id: origin.id, version: origin.version, records: 0, setAside: [], changes: noChanges }
  }
  return datasets.sync(experiment.dataset, { client, clock, signal, projectId, insertOnly })
}

async function findOrCreate(
  { client, clock, doubtful }: Work,
  wish: { readonly experiment: PushedExperiment; readonly place: ExperimentPlace },
  signal: AbortSignal,
): Promise<string> {
  const { experimentId } = wish.experiment
  const projectId = wish.place.project.id
  // Another process may have been killed between making it and keeping its id, so it is looked for in any case.
  const find = () => findExperiment(client, { projectId, experimentId }, signal)
  const patience = doubtful.has(experimentId) ? LOOKUP_PATIENCE : 0
  const found = await askPatiently(find, (id) => id !== undefined, { clock, signal, patience })
  if (found !== undefined) return found
  try {
    return await createExperiment(client, wish, signal)
  } catch (error) {
    if (error instanceof RequestError && error.mayHaveArrived) doubtful.add(experimentId)
    throw error
  }
}

async function sayRunning({ client }: Work, id: string, signal: AbortSignal): Promise<void> {
  try {
    await updateExperiment(client, { id, status: 'running' }, signal)
  } catch (error) {
    // Results count for more than what is said of them meanwhile.
    if (!(error instanceof BackendError) || error.failure.kind !== 'invalid') throw error
  }
}
