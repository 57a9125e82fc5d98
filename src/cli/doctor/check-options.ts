import { flagName, type OptionName, optionNames, runOptions } from '../../config/options.ts'
import { resolveOption, resolveOptions } from '../../config/resolve.ts'
import { checkReporters } from '../../reporters/registry.ts'
import { attempt, type Fact, type Finding, layersOf, type Subject, type Trouble, troubleOf } from './finding.ts'

/** What a run would use: each option's value, and where it comes from. */
export async function checkOptions(subject: Subject): Promise<Finding[]> {
  const facts: Fact[] = []
  const troubles: Trouble[] = []
  for (const name of optionNames) {
    const fact = await attempt(() => describeOption(name, subject))
    if (fact.status === 'ok') facts.push(fact.value)
    else troubles.push(troubleOf(fact.error))
  }
  if (troubles.length > 0) return [{ name: 'options', facts, troubles }]
  const together = await attempt(() => checkTogether(subject))
  return [{ name: 'options', facts, troubles: together.status === 'ok' ? [] : [troubleOf(together.error)] }]
}

function describeOption(name: OptionName, subject: Subject): Fact {
  const { text, from } = resolve(name, subject)
  return { name: flagName(name), value: text === '' ? null : text, from }
}

function resolve<K extends OptionName>(name: K, subject: Subject): { readonly text: string; readonly from: string } {
  const { value, origin = 'default' } = resolveOption(name, layersOf(subject))
  return { text: runOptions[name].show(value), from: origin }
}

/** What is wrong with options only together. */
function checkTogether(subject: Subject): void {
  const layers = layersOf(subject)
  const { values, origins } = resolveOptions(layers.flags, layers.env, layers)
  checkReporters(values.reporter, origins.get('reporter'))
}
