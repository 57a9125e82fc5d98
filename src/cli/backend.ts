// Everything that pushing takes, in a file of its own: where nothing is pushed none of it is loaded.

export { createSpooler } from '../backends/batching/spooler.ts'
export { createDatadogBackend } from '../backends/datadog/backend.ts'
export { toCommandError } from '../backends/datadog/command-error.ts'
export { createDatadogRemote } from '../backends/datadog/remote.ts'
export { checkBackend } from './check-backend.ts'
export { createDeliverer } from './deliverer.ts'
export { examineBackend } from './examine-backend.ts'
export { previewStored, pushStored } from './push-stored.ts'
