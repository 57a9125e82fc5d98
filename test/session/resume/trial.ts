import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../../../src/backends/local/manifest.ts'
import { openPushSource } from '../../../src/backends/local/push-source.ts'
import { claimExperiment } from '../../../src/backends/local/reopen.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import type { GivenFlags } from '../../../src/config/given.ts'
import { type ExperimentOptions, resolveForExperiment, resolveOptions } from '../../../src/config/resolve.ts'
import { maskJson } from '../../../src/config/secrets.ts'
import { createStopSwitch, type StopSwitch } from '../../../src/engine/stop.ts'
import type { RunEvent } from '../../../src/model/events.ts'
import type { RecordItem } from '../../../src/model/executor.ts'
import type { DefinitionInfo, ExperimentInfo } from '../../../src/model/ports.ts'
import type { PushSource } from '../../../src/model/push.ts'
import type { RecordText } from '../../../src/model/row.ts'
import type { UserModule } from '../../../src/session/executors/user-module.ts'
import type { LoadedExperiment } from '../../../src/session/load-modules.ts'
import { planExperiment } from '../../../src/session/plan-experiment.ts'
import { planResumed } from '../../../src/session/resume/plan-resumed.ts'
import { recallComplete } from '../../../src/session/resume/recall.ts'
import { hasRest, type ResumeFlags, readStored } from '../../../src/session/resume/stored-state.ts'
import { type EndedExperiment, type GroupMember, runGroup } from '../../../src/session/run-group.ts'
import { fakeManifest } from '../../backends/local/manifests.ts'
import { fakeIds } from '../../engine/harness.ts'
import { createFakeClock, type FakeClock, settle } from '../../helpers/fake-clock.ts'
import {
  type CallLog,
  createFakeExecutor,
  type FakeExecutor,
  fakeRecord,
  recordItem,
  type Script,
} from '../../helpers/fake-executor.ts'
import { readStore, type Stored } from '../../helpers/stored.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

/** What an experiment is made of. A later process may find something else. */
export interface Subject {
  readonly records: readonly RecordText[]
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  /** An iterable can be read but once. */
  readonly kind: 'array' | 'iterable'
  readonly config: string
  readonly moduleHash: string
  readonly script: Script
}

/** What one process did. */
export interface Sitting {
  readonly ended: EndedExperiment
  readonly exitCode: number
  readonly calls: readonly CallLog[]
  /** Events of this process. */
  readonly events: readonly RunEvent[]
  /** Whether there was nothing to do. */
  readonly wasComplete: boolean
}

export interface SittingOptions {
  readonly subject?: Partial<Subject>
  readonly flags?: Partial<ResumeFlags>
  /** On the command line. */
  readonly given?: GivenFlags
  /** Told of each event once it is written. */
  readonly onEvent?: (event: RunEvent, process: { readonly stop: StopSwitch; readonly executor: FakeExecutor }) => void
}

const ID = '20261122t081503-k3f9q2'
const NO_FLAGS: ResumeFlags = { retryErrors: false, retryPoison: false, allowChanged: false }

export function numberedRecords(count: number): RecordText[] {
  return Array.from({ length: count }, (_, index) => fakeRecord(index))
}

/** An experiment in a folder, that process after process works on. */
export class Trial {
  readonly events: string
  readonly #folder: string
  readonly #subject: Subject
  readonly #given: GivenFlags
  readonly #clock: FakeClock = createFakeClock()

  private constructor(folder: string, subject: Subject, given: GivenFlags) {
    this.#folder = folder
    this.#subject = subject
    this.#given = given
    this.events = join(folder, 'experiments', ID, 'events.jsonl')
  }

  static async create(subject: Partial<Subject> = {}, given: GivenFlags = {}): Promise<Trial> {
    const whole: Subject = {
      records: numberedRecords(6),
      evaluators: ['e0', 'e1'],
      summaryEvaluators: ['s0'],
      kind: 'array',
      config: '{"model":"small"}',
      moduleHash: 'm1',
      script: () => ({}),
      ...subject,
    }
    return new Trial(join(await tempFolder(), 'store'), whole, given)
  }

  /** The first process, from the beginning. */
  async begin(options: SittingOptions = {}): Promise<Sitting> {
    const subject = { ...this.#subject, ...options.subject }
    const executor = this.#executor(subject)
    const loaded = load(subject, executor)
    const resolved = resolveForExperiment(resolveOptions(this.#given, {}), loaded.info)
    const planned = await planExperiment(loaded, resolved, ID)
    const manifest = manifestOf(subject, resolved, planned.plan.plannedRecords)
    const stored = openLocalStore(this.#folder).create(manifest, { pid: 1, host: 'here' })
    const info = infoOf(manifest, stored.files.folder)
    return this.#run({ ...planned, manifest, stored, info }, executor, options)
  }

  /** A later process goes on with what is there. */
  async resume(options: SittingOptions = {}): Promise<Sitting> {
    const subject = { ...this.#subject, ...options.subject }
    const flags = { ...NO_FLAGS, ...options.flags }
    const store = openLocalStore(this.#folder)
    const claimed = claimExperiment(store.files(ID), { owner: { pid: 2, host: 'here' }, isGone: () => true, now: 0 })
    if (claimed === undefined) throw new Error('somebody else has it')
    try {
      const stored = await readStored(await store.manifest(ID), claimed, { flags, clock: this.#clock })
      const info = infoOf(stored.manifest, claimed.files.folder)
      const executor = this.#executor(subject)
      const complete = hasRest(stored, flags) ? undefined : recallComplete(stored, info)
      if (complete !== undefined) return await this.#run(complete, executor, options)
      const resolved = resolveOptions(options.given ?? {}, {})
      const tools = { options: resolved, flags, clock: this.#clock, version: '0.1.0', mask: (text: string) => text }
      const planned = await planResumed(stored, load(subject, executor), tools)
      return await this.#run({ ...planned, info }, executor, options)
    } catch (error) {
      claimed.release()
      throw error
    }
  }

  /** Nothing happens for a while. */
  wait(milliseconds: number): void {
    this.#clock.advance(milliseconds)
  }

  bytes(): Buffer {
    return readFileSync(this.events)
  }

  /** What a process leaves that was killed when so many bytes of the log were written. */
  cut(length: number): void {
    truncateSync(this.events, length)
  }

  /** Replaces what stands in the log. */
  overwrite(bytes: Uint8Array): void {
    writeFileSync(this.events, bytes)
  }

  /** Where it is pushed from. */
  async pushSource(): Promise<PushSource> {
    const store = openLocalStore(this.#folder)
    const manifest = await store.manifest(ID)
    const owner = { pid: 3, host: 'here' }
    return openPushSource({ files: store.files(ID), manifest, owner, isGone: () => true, clock: this.#clock })
  }

  stored(): Stored {
    const [stored] = readStore(this.#folder)
    if (stored === undefined) throw new Error('there is no experiment')
    return stored
  }

  async #run(member: GroupMember, executor: FakeExecutor, { onEvent }: SittingOptions): Promise<Sitting> {
    const stop = createStopSwitch()
    const events: RunEvent[] = []
    const running = runGroup([member], {
      clock: this.#clock,
      ids: fakeIds(),
      stop,
      mask: (text) => text,
      allowUndelivered: false,
      exitZero: false,
      tell(event) {
        events.push(event)
        onEvent?.(event, { stop, executor })
      },
    })
    const { experiments, exitCode } = await this.#withTime(running)
    const [ended] = experiments
    if (ended === undefined) throw new Error('nothing was run')
    return { ended, exitCode, calls: executor.calls, events, wasComplete: 'recall' in member }
  }

  /** Moves the clock on until it is over. */
  async #withTime<T>(running: Promise<T>): Promise<T> {
    let isOver = false
    const over = running.finally(() => {
      isOver = true
    })
    over.catch(() => {})
    while (!isOver) {
      await settle()
      if (!isOver) this.#clock.next()
    }
    return over
  }

  #executor({ records, evaluators, script }: Subject): FakeExecutor {
    return createFakeExecutor({
      clock: this.#clock,
      evaluators,
      script,
      records: ({ batchSize }) => batches(records, batchSize),
    })
  }
}

async function* batches(records: readonly RecordText[], size: number): AsyncGenerator<readonly RecordItem[], void> {
  for (let start = 0; start < records.length; start += size) yield records.slice(start, start + size).map(recordItem)
}

function load(subject: Subject, executor: FakeExecutor): LoadedExperiment {
  const check = { records: subject.records.length, invalidCount: 0, invalid: [] }
  const module: UserModule = {
    definitions: [],
    open: () => ({ ...executor, check: async () => check }),
    records: (_ref, batchSize) => batches(subject.records, batchSize),
    drain: async () => {},
    close: async () => {},
  }
  return { info: definitionOf(subject), file: '/project/exp.ts', moduleHash: subject.moduleHash, module }
}

function definitionOf({ evaluators, summaryEvaluators, kind, config }: Subject): DefinitionInfo {
  return {
    ref: { exportName: 'default' },
    name: 'exp',
    config,
    evaluators,
    summaryEvaluators,
    thresholds: {},
    tags: {},
    dataset: { description: 'some records', kind },
  }
}

function manifestOf(subject: Subject, options: ExperimentOptions, plannedRecords: number | undefined): Manifest {
  const fake = fakeManifest(ID)
  const { runs, jobs, sampleSize, config, maxIdenticalErrors } = options.values
  return {
    ...fake,
    definition: { ...definitionOf(subject), config: maskJson(options.config) },
    options: {
      ...fake.options,
      runs,
      jobs,
      maxIdenticalErrors,
      config: config.map(({ key, value }) => `${key}=${value}`),
      ...(sampleSize === undefined ? {} : { sampleSize }),
      ...(plannedRecords === undefined ? {} : { plannedRecords }),
    },
    hashes: { module: subject.moduleHash, config: 'c' },
  }
}

function infoOf({ experimentId, groupId, definition, options, file }: Manifest, folder: string): ExperimentInfo {
  return { experimentId, groupId, file, folder, eventsFile: join(folder, 'events.jsonl'), ...options, ...definition }
}
