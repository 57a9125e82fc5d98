import { type DatadogSettings, placeOf } from '../../backends/datadog/settings.ts'
import { resolveOptions } from '../../config/resolve.ts'
import { chooseBackend } from '../backend-choice.ts'
import { attempt, type Fact, type Finding, layersOf, type Subject, type Trouble, troubleOf } from './finding.ts'

/** Keys, of which only whether they are set is told. */
const keys = ['DD_API_KEY', 'DD_APP_KEY', 'DD_APPLICATION_KEY'] as const

/** The backend that a run would push to: what is set up for it, whether it is there, and what the keys may do. Sends no data. */
export async function checkPushing(subject: Subject): Promise<Finding[]> {
  const { flags, env, ...files } = layersOf(subject)
  const options = await attempt(() => resolveOptions(flags, env, files))
  // Options that are wrong are told of by their own check.
  if (options.status === 'failed') return [{ name: 'backend', facts: keyFacts(subject), troubles: [] }]
  const chosen = await attempt(() => chooseBackend(options.value, env))
  const facts = keyFacts(subject)
  if (chosen.status === 'failed') return [{ name: 'backend', facts, troubles: [troubleOf(chosen.error)] }]
  if (chosen.value.status === 'none') {
    const { note = 'results stay in the local store' } = chosen.value
    return [
      { name: 'backend', facts: [{ name: 'backend', value: null, text: `none: ${note}` }, ...facts], troubles: [] },
    ]
  }
  const { settings } = chosen.value
  const { facts: asked, troubles } = await ask(settings, subject)
  return [{ name: 'backend', facts: [...describe(settings), ...facts, ...asked], troubles }]
}

function describe(settings: DatadogSettings): Fact[] {
  return [
    { name: 'backend', value: 'datadog' },
    { name: 'site', value: settings.site },
    { name: 'place', value: placeOf(settings) },
  ]
}

function keyFacts({ env, ...subject }: Subject): Fact[] {
  const variables = layersOf({ env, ...subject }).envFile?.variables
  return keys.map((name) => {
    const isSet = (env[name] ?? '') !== ''
    const from = isSet && variables?.has(name) === true ? ' (in the env file)' : ''
    return { name, value: isSet, text: `${isSet ? 'set' : 'not set'}${from}` }
  })
}

type Asked = Pick<Finding, 'facts' | 'troubles'>

async function ask(settings: DatadogSettings, { clock, loadBackend, tools }: Subject): Promise<Asked> {
  const controller = new AbortController()
  tools.ending?.addModule({ close: () => Promise.resolve(controller.abort()) })
  const { examineBackend } = await loadBackend()
  const examined = await attempt(() => examineBackend(settings, { clock, signal: controller.signal }))
  if (examined.status === 'failed') {
    return { facts: [yesNo('reachable', true), yesNo('takes the keys', false)], troubles: [troubleOf(examined.error)] }
  }
  const { value } = examined
  if (value.status === 'unreachable') {
    const hint = 'a run goes on without it, and push delivers later; look at DD_SITE, and at proxies'
    const trouble = { severity: 'warning', code: 'W_BACKEND_UNREACHABLE', message: value.reason, hint } as const
    return { facts: [yesNo('reachable', false)], troubles: [trouble] }
  }
  const facts = [yesNo('reachable', true), yesNo('takes the keys', true), yesNo('keys may write', value.mayWrite)]
  return { facts, troubles: value.mayWrite ? [] : [readOnly] }
}

const readOnly: Trouble = {
  severity: 'error',
  code: 'E_BACKEND_REFUSED',
  message: 'the keys may read and not write, so that nothing can be pushed',
  hint: 'give the application key the scopes llmobs_data_read and llmobs_data_write',
}

function yesNo(name: string, value: boolean): Fact {
  return { name, value, text: value ? 'yes' : 'no' }
}
