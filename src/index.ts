export { defineConfig } from './config/define-config.ts'
export type { Config } from './config/options.ts'
export type { RecordSchemas } from './datasets/check-schemas.ts'
export { type FromSchemas, jsonl } from './datasets/jsonl.ts'
export { byName, defineExperiment, multi } from './define.ts'
export type { Dataset, DatasetRecord, ExpectedOf, InputOf, MetadataOf } from './model/dataset.ts'
export type {
  Awaitable,
  EvaluatorContext,
  EvaluatorFunction,
  EvaluatorObject,
  ExperimentDefinition,
  SummaryContext,
  SummaryRow,
  Task,
  TaskContext,
  Threshold,
  Variant,
} from './model/definition.ts'
export { type ErrorCode, LlmobsExpError } from './model/errors.ts'
export type { Columns, EvalReturn, Evaluation, EvalValue, Multi } from './model/evaluation.ts'
