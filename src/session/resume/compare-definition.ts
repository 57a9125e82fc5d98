import { isSecretName, MASK, maskJson } from '../../config/secrets.ts'
import { canonicalJson } from '../../model/canonical-json.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import { quoteText } from '../../model/quote.ts'

const MAX_VALUE = 60
const KEYS_NAMED = 3

/**
 * Refuses a definition whose results could not stand beside those that are there.
 * @throws LlmobsExpError `E_RESUME_CHANGED`
 */
export function refuseOtherEvaluators(now: DefinitionInfo, then: DefinitionInfo): void {
  for (const [what, is, was] of [
    ['evaluators', now.evaluators, then.evaluators],
    ['summaryEvaluators', now.summaryEvaluators, then.summaryEvaluators],
  ] as const) {
    if (listNames([...is].sort()) === listNames([...was].sort())) continue
    const message = `${then.name}: ${what}: expected ${listNames(was)}, as when it was begun, got ${listNames(is)}`
    const hint = 'run it anew: rows that were judged by others cannot be compared'
    throw new LlmobsExpError('E_RESUME_CHANGED', message, { hint })
  }
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

/** How a config differs from what it was, without secrets; `undefined` where it does not. */
export function describeConfigChange(now: Json, then: Json): string | undefined {
  if (canonicalJson(now) === canonicalJson(then)) return undefined
  const [is, was] = [membersOf(now), membersOf(then)]
  const keys = [...new Set([...was.keys(), ...is.keys()])].filter((key) => is.get(key) !== was.get(key))
  if (keys.length === 0) return `expected ${short(maskJson(then))}, got ${short(maskJson(now))}`
  const some = keys.slice(0, KEYS_NAMED).map((key) => {
    return `${quoteText(key)}: expected ${show(key, was)}, got ${show(key, is)}`
  })
  return some.join('; ') + (keys.length > KEYS_NAMED ? `; and ${keys.length - KEYS_NAMED} more` : '')
}

/** @param difference of {@link describeConfigChange} */
export function changedConfig(name: string, difference: string): LlmobsExpError {
  const hint = '--allow-changed runs what is left with the config as it is now'
  return new LlmobsExpError('E_RESUME_CHANGED', `${name}: the config is not what it was: ${difference}`, { hint })
}

function show(key: string, members: ReadonlyMap<string, Json>): string {
  const value = members.get(key)
  if (value === undefined) return 'nothing'
  return isSecretName(key) ? MASK : short(maskJson(value))
}

/** Canonical JSON by key. */
function membersOf(config: Json): Map<string, Json> {
  const members = new Map<string, Json>()
  const parsed: unknown = JSON.parse(config)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return members
  for (const [key, value] of Object.entries(parsed)) members.set(key, canonicalJson(JSON.stringify(value)))
  return members
}

function short(json: string): string {
  return json.length <= MAX_VALUE ? json : `${json.slice(0, MAX_VALUE)}…`
}
