import type { Evaluator } from './evaluators.ts'
import { createListener } from './listener.ts'
import { createRandom } from './random.ts'
import { type CurrentRequest, type RecordedRequest, Recorder } from './recorder.ts'
import type { Operation } from './routes.ts'
import { type Rule, type RuleAtWork, Script } from './script.ts'
import { createSeeder, type Seeder } from './seed.ts'
import { serve } from './serve.ts'
import { createState, type FakeState } from './state.ts'
import { createTime, type FakeTime } from './time.ts'
import type { World } from './world.ts'

export interface FakeKeys {
  readonly apiKey: string
  readonly applicationKey: string
}

export interface FakeDatadogOptions {
  /** The keys it lets in; all others are forbidden. */
  readonly keys?: Partial<FakeKeys>
  /** Under which path everything is, as `/proxy/datadog`. None by default. */
  readonly basePath?: string
  /** Certificate and key for TLS; without it is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Milliseconds since 1970; the machine's clock by default. */
  readonly now?: () => number
  /** Of everything that is arbitrary: ids, the order of ties and tags, what a script draws. @default 1 */
  readonly seed?: number
  /** Items on a page. @default 5000 */
  readonly pageSize?: number
  /** Milliseconds until what was written can be read. @default 0 */
  readonly visibilityDelay?: number
  /** A larger body, packed or unpacked, is answered with 413. No limit by default. */
  readonly maxBodyBytes?: number
  /** Whether a span of the events endpoint must have begun within 24 hours. @default true */
  readonly checkSpanAge?: boolean
  /** Whether `filter[name]` of datasets finds longer names too. @default false */
  readonly looseNames?: boolean
  /** What evaluators that are kept in the backend say. */
  readonly evaluators?: { readonly [name: string]: Evaluator }
}

/** A stand-in for the real backend, on a port of this machine. */
export interface FakeDatadog {
  /** With the base path, without a slash at its end. */
  readonly origin: string
  readonly port: number
  readonly keys: FakeKeys
  /** What a process needs to talk to it. */
  readonly env: { readonly [name: string]: string }
  /** Everything it knows: projects, datasets, experiments, events. */
  readonly state: FakeState
  /** Puts things there that nobody has sent. */
  readonly seed: Seeder
  readonly time: FakeTime
  /** Every request since the start. */
  readonly requests: readonly RecordedRequest[]
  /** Those that asked for one of these. */
  asked(...operations: readonly Operation[]): RecordedRequest[]
  /** How many requests there were at once at most. */
  mostInFlight(operation?: Operation): number
  /** Resolves when the condition holds; it is looked at whenever a request comes or ends. */
  until(condition: () => boolean): Promise<void>
  /** Has something go wrong. */
  script(rule: Rule): RuleAtWork
  /** Ends all that goes wrong. */
  clearScript(): void
  /** Forbids the keys from now on. */
  revokeKeys(): void
  restoreKeys(): void
  /** Closes every connection and refuses new ones; what it knows stays. */
  stop(): Promise<void>
  /** Is there again, on the same port. */
  start(): Promise<void>
  /** Stops for good. */
  close(): Promise<void>
}

const defaultKeys: FakeKeys = {
  apiKey: '0123456789abcdef0123456789abcdef',
  applicationKey: 'fedcba9876543210fedcba9876543210fedcba98',
}

/** Starts a backend that knows nothing yet. */
export async function startFakeDatadog(options: FakeDatadogOptions = {}): Promise<FakeDatadog> {
  const { seed = 1, basePath = '', maxBodyBytes = Number.POSITIVE_INFINITY, tls } = options
  const world = createWorld(options, seed)
  const recorder = new Recorder()
  const script = new Script(seed)
  const keys = { ...defaultKeys, ...options.keys }
  const listener = createListener(tls)
  let areKeysValid = true
  const isAllowed = (request: CurrentRequest): boolean => areKeysValid && hasKeys(request, keys)
  const context = { world, recorder, script, basePath, maxBodyBytes, isAllowed, signal: () => listener.signal }
  listener.server.on('request', (message, response) => void serve(context, message, response))
  await listener.start()
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${listener.port}${basePath}`

  return {
    origin,
    port: listener.port,
    keys,
    env: { DD_LLMOBS_OVERRIDE_ORIGIN: origin, DD_API_KEY: keys.apiKey, DD_APP_KEY: keys.applicationKey },
    state: world.state,
    seed: createSeeder(world),
    time: world.time,
    requests: recorder.requests,
    asked: (...operations) => recorder.requests.filter(({ operation }) => operations.includes(operation)),
    mostInFlight: (operation) => recorder.most(operation ?? 'any'),
    until: (condition) => recorder.until(condition),
    script: (rule) => script.add(rule),
    clearScript: () => script.clear(),
    revokeKeys() {
      areKeysValid = false
    },
    restoreKeys() {
      areKeysValid = true
    },
    stop: () => listener.stop(),
    start: () => listener.start(),
    close: () => listener.stop(),
  }
}

function createWorld(options: FakeDatadogOptions, seed: number): World {
  const settings = {
    pageSize: options.pageSize ?? 5000,
    visibilityDelay: options.visibilityDelay ?? 0,
    checkSpanAge: options.checkSpanAge ?? true,
    looseNames: options.looseNames ?? false,
    evaluators: options.evaluators ?? {},
  }
  return { state: createState(), time: createTime(options.now), random: createRandom(seed), settings }
}

function hasKeys({ headers, route }: CurrentRequest, keys: FakeKeys): boolean {
  if (headers['dd-api-key'] !== keys.apiKey) return false
  return route.keys === 'api-key' || headers['dd-application-key'] === keys.applicationKey
}
