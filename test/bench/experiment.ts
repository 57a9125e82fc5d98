import { defineExperiment } from 'llmobs-exp'
import { dataset, evaluators, task } from './workload.mjs'

export default defineExperiment({ name: 'bench', dataset, task, evaluators })
