import { hash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DiscoveredExperiment, expandDefinition } from '../load/discover.ts'
import type { AnyDefinition } from '../model/definition.ts'
import { IN_CODE } from '../model/in-code.ts'
import { stringifyJson } from '../model/json.ts'
import { hostInProcess } from '../session/executors/in-process.ts'
import type { LoadedExperiment } from '../session/load-modules.ts'

/**
 * The experiments of a definition whose functions are in this process, where they are called.
 * @throws LlmobsExpError `E_DEFINITION`
 */
export async function loadInCode(
  definition: object,
  file: string | URL | undefined,
  folder: string,
): Promise<LoadedExperiment[]> {
  const path = file === undefined ? IN_CODE : pathOf(file, folder)
  const baseFolder = path === IN_CODE ? folder : dirname(path)
  const found = expandDefinition(definition, baseFolder)
  const module = await hostInProcess({ found, baseFolder })
  const moduleHash = hash('sha256', found.map(textOf).join('\n'), 'hex')
  return found.map(({ info }) => ({ info, file: path, moduleHash, module }))
}

/** A path, or what `import.meta.url` and `new URL()` are. */
export function pathOf(file: string | URL, folder: string): string {
  return file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : resolve(folder, file)
}

/** What there is of the code. */
function textOf({ definition }: DiscoveredExperiment): string {
  const { task, evaluators, summaryEvaluators } = definition
  return stringifyJson([String(task), textsOf(evaluators), textsOf(summaryEvaluators)])
}

function textsOf(functions: AnyDefinition['evaluators']): string[] {
  return Object.values(functions).map((own) => String(typeof own === 'function' ? own : own.evaluate))
}
