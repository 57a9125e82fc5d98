export { defineConfig } from './config/define-config.ts'
export type { Config } from './config/options.ts'
export { type DatadogDatasetOptions, datadogDataset } from './datadog/dataset.ts'
export {
  type RemoteEvaluator,
  type RemoteEvaluatorContext,
  type RemoteEvaluatorOptions,
  remoteEvaluator,
} from './datadog/evaluator.ts'
export type { FileOptions, RecordSchemas } from './datasets/check-options.ts'
export { type CsvColumns, type CsvOptions, csv, type FromCsv } from './datasets/csv.ts'
export type { FromSchemas } from './datasets/from-schemas.ts'
export { type JsonOptions, json } from './datasets/json.ts'
export { jsonl } from './datasets/jsonl.ts'
export { byName, defineExperiment, multi } from './define.ts'
export type { RunExperimentOptions, SyncRunOptions } from './library/options.ts'
export type {
  EvaluationDetails,
  ExperimentNumbers,
  ExperimentResult,
  ExperimentRun,
  ResultOf,
  ResultRow,
  RunResult,
  SyncResultOf,
  SyncRunResult,
  TableRow,
} from './library/result.ts'
export type { Delivery } from './model/backend.ts'
export {
  type Dataset,
  type DatasetOrigin,
  type DatasetRecord,
  type DatasetSource,
  type ExpectedOf,
  type InputOf,
  type ItemPlace,
  type MetadataOf,
  type OpenOptions,
  openSource,
  type SourceDataset,
  type SourceItem,
  type SourceProblem,
} from './model/dataset.ts'
export type {
  Awaitable,
  EvaluatorContext,
  EvaluatorFunction,
  EvaluatorObject,
  ExperimentDefinition,
  Redact,
  SummaryContext,
  SummaryRow,
  Task,
  TaskContext,
  Threshold,
  Variant,
} from './model/definition.ts'
export { type ErrorCode, type ErrorInfo, LlmobsExpError } from './model/errors.ts'
export type { Columns, EvalReturn, Evaluation, EvalValue, Multi } from './model/evaluation.ts'
export type { RunEvent } from './model/events.ts'
export type { EndReason, Failure, Outcome } from './model/outcome.ts'
export type { ExperimentSummary, LabelSummary, RunSummary } from './model/summary.ts'
export { runExperiment } from './run-experiment.ts'
export { runExperimentSync } from './run-experiment-sync.ts'
