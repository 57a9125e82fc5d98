import type { ErrorAllowance } from '../model/outcome.ts'

/** What is called when a text is not a value the option can have. */
type Refuse = (text: string) => never

/** One option of the command line: everything that its parsing, help, docs and environment name are made from. */
export interface OptionSpec<T> {
  /** One letter, without the dash. */
  readonly short?: string
  /** What stands between `<` and `>` in the help; absent for a switch. */
  readonly argument?: string
  /** Heading it stands under in the help and the docs. */
  readonly group: string
  readonly description: string
  /** Completes "expected …" in the message for a bad value. */
  readonly expected: string
  readonly default: T
  /** How the help writes the default; absent when there is nothing to say. */
  readonly defaultText?: string
  /** Present when it may be given several times: what separates its values in the environment variable. */
  readonly separator?: ',' | '\n'
  /** Turns what was given (one text unless repeatable) into the value. */
  read(texts: readonly string[], refuse: Refuse): T
}

interface Words {
  readonly short?: string
  readonly argument?: string
  readonly group: string
  readonly description: string
}

/** `key=value` or `key:value`, cut at the first separator. */
export interface KeyValue {
  readonly key: string
  readonly value: string
}

const MAX_DURATION = 2 ** 31 - 1

/** A whole number within a range. */
export function integer<D extends number | undefined>(
  spec: Words & { readonly min: number; readonly max: number; readonly default: D },
): OptionSpec<number | D> {
  const { min, max, ...words } = spec
  return {
    argument: 'n',
    ...words,
    expected: `a whole number from ${min} to ${max}`,
    ...(spec.default === undefined ? {} : { defaultText: String(spec.default) }),
    read([text = ''], refuse) {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : refuse(text)
    },
  }
}

/** Milliseconds; written `500ms`, `30s`, `10m`, `1h`, or bare. */
export function duration(spec: Words & { readonly default: number; readonly defaultText: string }): OptionSpec<number> {
  return {
    argument: 'duration',
    ...spec,
    expected: 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days',
    read: ([text = ''], refuse) => parseDuration(text) ?? refuse(text),
  }
}

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** Milliseconds of `500ms`, `1.5s`, `10m`, `1h` or a bare number of them; `undefined` for anything else. */
function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,16}(?:\.\d{1,9})?)(ms|s|m|h)?$/.exec(text) ?? []
  const milliseconds = Math.round(Number(amount) * (unitMilliseconds.get(unit) ?? Number.NaN))
  return milliseconds >= 1 && milliseconds <= MAX_DURATION ? milliseconds : undefined
}

/** `n` rows or `n%` of the planned units. */
export function allowance(
  spec: Words & { readonly default: ErrorAllowance; readonly defaultText: string },
): OptionSpec<ErrorAllowance> {
  return {
    argument: 'n|n%',
    ...spec,
    expected: 'a whole number of rows, or a percentage from 0% to 100%',
    read: ([text = ''], refuse) => parseAllowance(text) ?? refuse(text),
  }
}

function parseAllowance(text: string): ErrorAllowance | undefined {
  if (/^\d{1,15}$/.test(text)) return { kind: 'count', count: Number(text) }
  const [, percent] = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text) ?? []
  if (percent === undefined || Number(percent) > 100) return undefined
  return { kind: 'share', percent: Number(percent) }
}

/** On or off. On the command line its presence says on; the environment variable says `true`, `1`, `false` or `0`. */
export function toggle(spec: Words): OptionSpec<boolean> {
  return {
    ...spec,
    expected: 'true or false',
    default: false,
    read([text = ''], refuse) {
      if (text === 'true' || text === '1') return true
      return text === 'false' || text === '0' ? false : refuse(text)
    },
  }
}

/** A text that is not empty. */
export function text(spec: Words & { readonly expected: string }): OptionSpec<string | undefined> {
  return { ...spec, default: undefined, read: ([value = ''], refuse) => (value === '' ? refuse(value) : value) }
}

interface ListWords extends Words {
  readonly expected: string
  readonly separator: ',' | '\n'
}

/** Texts that are not empty. */
export function texts(spec: ListWords): OptionSpec<readonly string[]> {
  return {
    ...spec,
    default: [],
    read: (values, refuse) => values.map((value) => (value === '' ? refuse(value) : value)),
  }
}

/** Pairs of a key and a value. */
export function pairs(spec: ListWords & { readonly between: '=' | ':' }): OptionSpec<readonly KeyValue[]> {
  const { between, ...words } = spec
  return {
    ...words,
    default: [],
    read: (values, refuse) => values.map((value) => parsePair(value, between) ?? refuse(value)),
  }
}

function parsePair(pair: string, between: string): KeyValue | undefined {
  const at = pair.indexOf(between)
  return at < 1 ? undefined : { key: pair.slice(0, at), value: pair.slice(at + between.length) }
}
