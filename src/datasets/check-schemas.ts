import type { StandardSchemaV1 } from '@standard-schema/spec'
import { LlmobsExpError } from '../model/errors.ts'
import { quote } from '../model/quote.ts'

/** What a record's values must be, in any library that speaks Standard Schema: zod, valibot, arktype, … */
export interface RecordSchemas {
  readonly input?: StandardSchemaV1
  readonly expectedOutput?: StandardSchemaV1
  readonly metadata?: StandardSchemaV1
}

export const schemaFields = ['input', 'expectedOutput', 'metadata'] as const satisfies readonly (keyof RecordSchemas)[]

/** @throws LlmobsExpError `E_DEFINITION` when there is anything but Standard Schemas for these three */
export function checkSchemas(schemas: unknown, owner: string): void {
  if (typeof schemas !== 'object' || schemas === null) {
    throw new LlmobsExpError('E_DEFINITION', `${owner}: expected an object of schemas, got ${quote(schemas)}`)
  }
  for (const key of Object.keys(schemas)) {
    if (!schemaFields.some((field) => field === key)) {
      const message = `${owner}: expected schemas for ${schemaFields.join(', ')}, got one for ${quote(key)}`
      throw new LlmobsExpError('E_DEFINITION', message)
    }
    const schema: unknown = Reflect.get(schemas, key)
    if (schema === undefined || isSchema(schema)) continue
    throw new LlmobsExpError('E_DEFINITION', `${owner}: ${key}: expected a Standard Schema, got ${quote(schema)}`, {
      hint: 'zod from 3.24, valibot from 1.0 and arktype from 2.0 make Standard Schemas',
    })
  }
}

function isSchema(value: unknown): boolean {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && Reflect.has(value, '~standard')
}
