import { checkName } from './check-names.ts'
import { checkConfig } from './check-settings.ts'
import { isPlainObject, type UnknownRecord } from './plain-object.ts'
import { type Problems, propertyPath } from './problems.ts'

const variantKeys = ['config', 'task'] as const

export function checkTaskAndVariants(definition: UnknownRecord, problems: Problems): void {
  const { task, variants } = definition
  if (task !== undefined && typeof task !== 'function') problems.expected('task', 'a function', task)
  if (variants !== undefined) checkVariants(variants, task !== undefined, problems)
  else if (task === undefined) problems.expected('task', 'a function', task)
}

function checkVariants(variants: unknown, hasTask: boolean, problems: Problems): void {
  if (!isPlainObject(variants)) {
    problems.expected('variants', 'an object of variants by name', variants)
    return
  }
  const entries = Object.entries(variants)
  if (entries.length === 0) problems.add({ path: 'variants', message: 'expected at least one variant, got none' })
  for (const [name, variant] of entries) {
    checkName('variants', name, problems)
    checkVariant(propertyPath('variants', name), variant, { hasTask, problems })
  }
}

function checkVariant(path: string, variant: unknown, options: { hasTask: boolean; problems: Problems }): void {
  const { hasTask, problems } = options
  if (!isPlainObject(variant)) {
    problems.expected(path, 'an object { config?, task? }', variant)
    return
  }
  for (const key of Object.keys(variant)) {
    if (!variantKeys.some((known) => known === key)) problems.unknown(path, key, variantKeys)
  }
  checkConfig(`${path}.config`, variant.config, problems)
  const task = variant.task
  if (task === undefined && !hasTask)
    problems.expected(`${path}.task`, 'a function, because the definition has no task', task)
  if (task !== undefined && typeof task !== 'function') problems.expected(`${path}.task`, 'a function', task)
}
