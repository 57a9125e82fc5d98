import type { StandardSchemaV1 } from '@standard-schema/spec'
import { LlmobsExpError } from '../model/errors.ts'
import { quote } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { otherNames } from './other-names.ts'

/** What a record's values must be, in any library that speaks Standard Schema: zod, valibot, arktype, … */
export interface RecordSchemas {
  readonly input?: StandardSchemaV1
  readonly expectedOutput?: StandardSchemaV1
  readonly metadata?: StandardSchemaV1
}

/** How a dataset's file is read, whatever its format. */
export interface FileOptions extends RecordSchemas {
  /**
   * How many bytes a gzip file may become. Without it, at most 2 GB, and at most 100 times its size.
   * @default 2_147_483_648
   */
  readonly maxUnpackedBytes?: number
}

/** Makes the compiler refuse what is not in `Known`, which a type parameter alone would let pass. */
export type Only<Given, Known> = { readonly [K in keyof Given as K extends keyof Known ? never : K]?: never }

export const schemaFields = ['input', 'expectedOutput', 'metadata'] as const satisfies readonly (keyof RecordSchemas)[]

/** What is wrong with an option of a source. */
export function optionError(owner: string, message: string, hint?: string): LlmobsExpError {
  return new LlmobsExpError('E_DEFINITION', `${owner}: ${message}`, hint === undefined ? {} : { hint })
}

/**
 * Checks what is the same in all formats. `others` are the options that only this one has.
 *
 * @throws LlmobsExpError `E_DEFINITION`
 */
export function checkFileOptions(options: unknown, owner: string, others: readonly string[] = []): void {
  checkRecordOptions(options, owner, [...others, 'maxUnpackedBytes'])
  const limit: unknown = Reflect.get(options, 'maxUnpackedBytes')
  if (limit === undefined || (typeof limit === 'number' && limit > 0)) return
  throw optionError(owner, `maxUnpackedBytes: expected a number of bytes above 0, got ${quote(limit)}`)
}

/**
 * Checks what is the same in all sources with schemas. `others` are the options that only this one has.
 *
 * @throws LlmobsExpError `E_DEFINITION`
 */
export function checkRecordOptions(
  options: unknown,
  owner: string,
  others: readonly string[],
): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw optionError(owner, `expected an object of schemas and options, got ${quote(options)}`)
  }
  checkNames(Object.keys(options), [...schemaFields, ...others], owner)
  for (const field of schemaFields) checkSchema(Reflect.get(options, field), `${owner}: ${field}`)
}

/** @throws LlmobsExpError `E_DEFINITION` for a name that is none of these */
export function checkNames(names: readonly string[], known: readonly string[], owner: string): void {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  const other = otherNames.get(unknown) ?? ''
  const near = known.includes(other) ? other : suggest(unknown, known)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  throw optionError(owner, `expected no other options than ${known.join(', ')}, got ${quote(unknown)}${hint}`)
}

function checkSchema(schema: unknown, owner: string): void {
  if (schema === undefined || isSchema(schema)) return
  throw optionError(
    owner,
    `expected a Standard Schema, got ${quote(schema)}`,
    'zod from 3.24, valibot from 1.0 and arktype from 2.0 make Standard Schemas',
  )
}

function isSchema(value: unknown): boolean {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && Reflect.has(value, '~standard')
}
