import type { Json } from './json.ts'

/** What an evaluator may find: a boolean, a finite number, a category, or JSON. */
export type EvalValue = boolean | number | string | { readonly [key: string]: unknown } | readonly unknown[]

/** A value with what there is to say about it. */
export interface Evaluation<T extends EvalValue = EvalValue> {
  readonly value: T
  /** Why, in words. */
  readonly reasoning?: string
  readonly assessment?: 'pass' | 'fail'
  readonly metadata?: { readonly [key: string]: unknown }
  readonly tags?: { readonly [key: string]: string }
}

declare const multiType: unique symbol

/** Several values of one evaluator; see `multi`. */
export interface Multi<M> {
  readonly [multiType]: M
}

// biome-ignore lint/suspicious/noExplicitAny: any set of values.
export type EvalReturn = EvalValue | Evaluation | Multi<any> | null

type Simplify<T> = { [K in keyof T]: T[K] } & {}
type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (x: infer I) => void ? I : never
type ValueOf<T> = T extends null ? never : T extends Evaluation<infer V> ? V : T

/** What evaluators return, as columns: `{ tone: number, 'quality-precision': number, … }`. */
export type Columns<V> = Simplify<
  UnionToIntersection<
    {
      [K in keyof V & string]: V[K] extends Multi<infer M>
        ? { [P in keyof M & string as `${K}-${P}`]: ValueOf<M[P]> }
        : { [P in K]: ValueOf<V[K]> }
    }[keyof V & string]
  >
>

/** The kinds of value, in Datadog's words. */
export type MetricType = 'boolean' | 'score' | 'categorical' | 'json'

/** One value under its label, as it is stored and sent. */
export type LabelledEvaluation = MetricValue & {
  readonly label: string
  readonly reasoning?: string
  readonly assessment?: 'pass' | 'fail'
  readonly metadata?: Json
  readonly tags?: { readonly [key: string]: string }
  /** Present where it was made at a backend, by an evaluator that is kept there. */
  readonly source?: 'managed'
}

export type MetricValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'score'; readonly value: number }
  | { readonly type: 'categorical'; readonly value: string }
  | { readonly type: 'json'; readonly value: Json }

/** Which names evaluators, summary evaluators and variants may have. */
export const namePattern = /^[a-zA-Z0-9_-]+$/

/** Names that JavaScript objects already have a meaning for. */
export const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
