import type { AnyDefinition } from '../model/definition.ts'
import type { CodeInfo, FunctionInfo } from '../model/ports.ts'
import { emptyRecord, isObject } from './plain-object.ts'

type Functions = CodeInfo['evaluators']

/** How a definition's functions are written. */
export function codeInfo({ task, evaluators, summaryEvaluators }: AnyDefinition): CodeInfo {
  return {
    task: functionInfo(task),
    evaluators: describeAll(evaluators),
    summaryEvaluators: describeAll(summaryEvaluators),
  }
}

function describeAll(functions: { readonly [name: string]: unknown }): Functions {
  const described = emptyRecord<FunctionInfo>()
  for (const [name, value] of Object.entries(functions)) described[name] = functionInfo(value)
  return described
}

/** Never throws: a class may have any `name`, and a member may be a getter. */
function functionInfo(value: unknown): FunctionInfo {
  if (!isObject(value)) return { isAsync: isAsync(value) }
  try {
    return { isAsync: isAsync(Reflect.get(value, 'evaluate')), className: classNameOf(value) }
  } catch {
    return { isAsync: false, className: '' }
  }
}

function classNameOf(value: object): string {
  const maker: unknown = Reflect.get(value, 'constructor')
  const name: unknown = typeof maker === 'function' && maker !== Object ? Reflect.get(maker, 'name') : ''
  return typeof name === 'string' ? name : ''
}

function isAsync(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncFunction]'
}
