import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { DatasetRecord } from '../model/dataset.ts'
import type { schemaFields } from './check-options.ts'

type Field = (typeof schemaFields)[number]
type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown
type RequiredValues<S> = {
  readonly [K in keyof S & Field as undefined extends OutputOf<S[K]> ? never : K]: OutputOf<S[K]>
}
type OptionalValues<S> = {
  readonly [K in keyof S & Field as undefined extends OutputOf<S[K]> ? K : never]?: OutputOf<S[K]>
}

/** The record that schemas describe: what they have as output, under `input`, `expectedOutput` and `metadata`. */
export type FromSchemas<S> = RequiredValues<S> & OptionalValues<S> & DatasetRecord
