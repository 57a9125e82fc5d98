import { parentPort, workerData } from 'node:worker_threads'
import { discover } from '../../../src/load/discover.ts'
import { explainLoadError } from '../../../src/load/explain.ts'
import { toErrorInfo } from '../../../src/model/error-info.ts'

// Stands for the worker that runs user code: it imports a compiled module and tells what came of it.
process.setSourceMapsEnabled(true)
const { url, file, wanted } = workerData
try {
  const namespace = await import(url)
  if (wanted === 'experiments') {
    parentPort?.postMessage({ status: 'ok', value: discover(namespace, file).map(({ info }) => info) })
  } else {
    const value = typeof namespace.default === 'function' ? await namespace.default() : namespace.default
    parentPort?.postMessage({ status: 'ok', value: JSON.parse(JSON.stringify(value)) })
  }
} catch (thrown) {
  const error = wanted === 'experiments' ? thrown : explainLoadError(thrown, file)
  parentPort?.postMessage({ status: 'error', error: toErrorInfo('E_MODULE_LOAD', error) })
}
