import { resolve } from 'node:path'
import type { ErrorAllowance } from '../model/outcome.ts'
import { parseAllowance, parseDuration, parsePair, showAllowance, showDuration } from './option-values.ts'

/** What is called when a text is not a value the option can have. */
type Refuse = (text: string) => never

/** What each kind of option may be in the config file. */
export interface ConfigValues {
  readonly integer: number
  readonly count: number | 'auto'
  /** Milliseconds, or a text such as `30s`. */
  readonly duration: number | `${number}${'ms' | 's' | 'm' | 'h'}`
  /** Rows, or a share of the planned units. */
  readonly allowance: number | `${number}%`
  readonly toggle: boolean
  readonly text: string
  readonly texts: string | readonly string[]
  readonly backend: 'local' | 'datadog'
  readonly tags: { readonly [key: string]: string }
  readonly filters: { readonly [key: string]: string | number | boolean | null }
  /** Values are anything that JSON can keep. */
  readonly settings: { readonly [key: string]: unknown }
}

/** What a shell offers for a value: files, folders, or these words. */
export type Completion = 'file' | 'folder' | readonly string[]

/** One option of the command line: everything that its parsing, help, docs, environment name and config key are made from. */
export interface OptionSpec<T, K extends keyof ConfigValues = keyof ConfigValues> {
  readonly kind: K
  /** One letter, without the dash. */
  readonly short?: string
  /** What stands between `<` and `>` in the help; absent for a switch. */
  readonly argument?: string
  /** Heading it stands under in the help and the docs. */
  readonly group: string
  readonly description: string
  /** Completes "expected …" in the message for a bad value. */
  readonly expected: string
  /** The same for a value in the config file, where that is written in another way. */
  readonly expectedInConfig?: string
  readonly default: T
  /** How the help writes the default; absent when there is nothing to say. */
  readonly defaultText?: string
  /** Present when it may be given several times: what separates its values in the environment variable. */
  readonly separator?: ',' | '\n'
  readonly completion?: Completion
  /** A variable of other tools that decides where nothing else does. */
  readonly otherVariable?: string
  /** Turns what was given (one text unless repeatable) into the value. */
  read(texts: readonly string[], refuse: Refuse): T
  /** A value of the config file as what would be given elsewhere; `undefined` for one that it cannot have. */
  textsOf(value: unknown): readonly string[] | undefined
  /** For people: empty when there is no value. Secret-looking values are left out. */
  show(value: T): string
  /** The same value, with relative paths in it resolved against a folder. */
  relocate?(value: T, folder: string): T
}

interface Words {
  readonly short?: string
  readonly argument?: string
  readonly group: string
  readonly description: string
  readonly completion?: Completion
}

/** A whole number within a range. */
export function integer<D extends number | undefined>(
  spec: Words & { readonly min: number; readonly max: number; readonly default: D },
): OptionSpec<number | D, 'integer'> {
  const { min, max, ...words } = spec
  return {
    kind: 'integer',
    argument: 'n',
    ...words,
    expected: `a whole number from ${min} to ${max}`,
    ...(spec.default === undefined ? {} : { defaultText: String(spec.default) }),
    read([text = ''], refuse) {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : refuse(text)
    },
    textsOf: (value) => (typeof value === 'number' ? [String(value)] : undefined),
    show: (value) => (value === undefined ? '' : String(value)),
  }
}

/** A whole number within a range, or what the tool thinks best; 0 only where it is said before modules are loaded. */
export function count(spec: Words & { readonly min: 0; readonly max: number }): OptionSpec<number | 'auto', 'count'> {
  const { min, max, ...words } = spec
  return {
    kind: 'count',
    argument: 'n',
    ...words,
    expected: `a whole number from ${min} to ${max}, or auto`,
    expectedInConfig: `a whole number from 1 to ${max}, or 'auto'`,
    default: 'auto',
    defaultText: 'auto',
    completion: ['auto'],
    read([text = ''], refuse) {
      if (text === 'auto') return text
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : refuse(text)
    },
    textsOf: (value) => (value === 0 ? undefined : numberOrText(value)),
    show: String,
  }
}

/** Milliseconds; written `500ms`, `30s`, `10m`, `1h`, or bare. */
export function duration<D extends number | undefined>(
  spec: Words & { readonly default: D; readonly defaultText?: string },
): OptionSpec<number | D, 'duration'> {
  return {
    kind: 'duration',
    argument: 'duration',
    ...spec,
    expected: 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days',
    read: ([text = ''], refuse) => parseDuration(text) ?? refuse(text),
    textsOf: numberOrText,
    show: (value) => (value === undefined ? '' : showDuration(value)),
  }
}

/** `n` rows or `n%` of the planned units. */
export function allowance(
  spec: Words & { readonly default: ErrorAllowance; readonly defaultText: string },
): OptionSpec<ErrorAllowance, 'allowance'> {
  return {
    kind: 'allowance',
    argument: 'n|n%',
    ...spec,
    expected: 'a whole number of rows, or a percentage from 0% to 100%',
    read: ([text = ''], refuse) => parseAllowance(text) ?? refuse(text),
    textsOf: numberOrText,
    show: showAllowance,
  }
}

/** On or off. On the command line its presence says on; the environment variable says `true`, `1`, `false` or `0`. */
export function toggle(spec: Words): OptionSpec<boolean, 'toggle'> {
  return {
    kind: 'toggle',
    ...spec,
    expected: 'true or false',
    default: false,
    read([text = ''], refuse) {
      if (text === 'true' || text === '1') return true
      return text === 'false' || text === '0' ? false : refuse(text)
    },
    textsOf: (value) => (typeof value === 'boolean' ? [String(value)] : undefined),
    show: String,
  }
}

/** One of a few words, or nothing. */
export function choice<K extends keyof ConfigValues, W extends string>(
  spec: Words & { readonly kind: K; readonly words: readonly W[] },
): OptionSpec<W | undefined, K> {
  const { words, ...rest } = spec
  return {
    ...rest,
    completion: words,
    expected: words.join(' or '),
    default: undefined,
    read: ([value = ''], refuse) => words.find((word) => word === value) ?? refuse(value),
    textsOf: (value) => (typeof value === 'string' ? [value] : undefined),
    show: (value) => value ?? '',
  }
}

/** A text that is not empty. */
export function text(
  spec: Words & { readonly expected: string; readonly otherVariable?: string },
): OptionSpec<string | undefined, 'text'> {
  return {
    kind: 'text',
    ...spec,
    default: undefined,
    read: ([value = ''], refuse) => (value === '' ? refuse(value) : value),
    textsOf: (value) => (typeof value === 'string' ? [value] : undefined),
    show: (value) => value ?? '',
  }
}

/** The path of a folder. */
export function folder(spec: Words & { readonly expected: string }): OptionSpec<string | undefined, 'text'> {
  return {
    ...text({ ...spec, completion: 'folder' }),
    relocate: (value, base) => (value === undefined ? undefined : resolve(base, value)),
  }
}

export interface ListWords extends Words {
  readonly expected: string
  readonly separator: ',' | '\n'
}

/** Texts that are not empty. */
export function texts(spec: ListWords): OptionSpec<readonly string[], 'texts'> {
  return {
    kind: 'texts',
    ...spec,
    expectedInConfig: `${spec.expected}, or an array of them`,
    default: [],
    read: (values, refuse) => values.map((value) => (value === '' ? refuse(value) : value)),
    textsOf(value) {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value]
      return list.every((item) => typeof item === 'string') ? list : undefined
    },
    show: (values) => values.join(', '),
  }
}

/** Texts of which some end in `=path`. */
export function targets(spec: ListWords): OptionSpec<readonly string[], 'texts'> {
  return {
    ...texts(spec),
    relocate: (values, base) =>
      values.map((value) => {
        const { key, value: path } = parsePair(value, '=') ?? { key: '', value: '' }
        return path === '' ? value : `${key}=${resolve(base, path)}`
      }),
  }
}

function numberOrText(value: unknown): readonly string[] | undefined {
  return typeof value === 'number' || typeof value === 'string' ? [String(value)] : undefined
}
