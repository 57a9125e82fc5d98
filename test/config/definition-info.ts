import type { DefinitionInfo } from '../../src/model/ports.ts'

/** A definition as the main thread knows it. */
export function definitionInfo(own: Partial<DefinitionInfo> = {}): DefinitionInfo {
  return {
    ref: { exportName: 'default' },
    name: 'capitals',
    config: 'null',
    evaluators: [],
    summaryEvaluators: [],
    thresholds: {},
    tags: {},
    dataset: { description: '2 inline records', kind: 'array', length: 2 },
    ...own,
  }
}
