import { toJson } from '../model/json.ts'
import type { ListWords, OptionSpec } from './option-kinds.ts'
import { type KeyValue, parsePair } from './option-values.ts'
import { isSecretName, MASK } from './secrets.ts'

type PairKind = 'tags' | 'filters' | 'settings'

/** Pairs of a key and a value. */
export function pairs<K extends PairKind>(
  spec: ListWords & { readonly kind: K; readonly between: '=' | ':'; readonly expectedInConfig: string },
): OptionSpec<readonly KeyValue[], K> {
  const { between, ...words } = spec
  return {
    ...words,
    default: [],
    read: (values, refuse) => values.map((value) => parsePair(value, between) ?? refuse(value)),
    textsOf: (value) => pairTexts(value, spec),
    show: (values) => values.map(({ key, value }) => `${key}${between}${showValue(key, value)}`).join(', '),
  }
}

function pairTexts(value: unknown, { kind, between }: { kind: PairKind; between: string }): string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const found: string[] = []
  for (const [key, own] of Object.entries(value)) {
    if (own === undefined) continue
    const written = pairValue[kind](own)
    if (written === undefined || key === '' || key.includes(between)) return undefined
    found.push(`${key}${between}${written}`)
  }
  return found
}

const pairValue: { readonly [K in PairKind]: (value: unknown) => string | undefined } = {
  tags: (value) => (typeof value === 'string' ? value : undefined),
  filters: (value) =>
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value) || value === null
      ? String(value)
      : undefined,
  settings(value) {
    const { json, changes } = toJson(value)
    return changes.length === 0 ? json : undefined
  },
}

/** A number or a switch gives nothing away, whatever it is called: `maxTokens`. */
function showValue(key: string, value: string): string {
  return isSecretName(key) && !/^(?:[\d.]{1,12}|true|false|null)$/.test(value) ? MASK : value
}
