import { definitionOptions, flagName, type OptionName, runOptions } from '../../config/options.ts'
import {
  type ExperimentOptions,
  type ResolvedOptions,
  resolveForExperiment,
  resolveOptions,
} from '../../config/resolve.ts'
import { maskJson } from '../../config/secrets.ts'
import { findFiles } from '../../load/find-files.ts'
import { selectExperiments } from '../../load/select-experiments.ts'
import { type LoadedExperiment, loadModules } from '../../session/load-modules.ts'
import { compileOptions } from '../compile-options.ts'
import { attempt, type Fact, type Finding, layersOf, type Subject, troubleOf } from './finding.ts'

/** The module that was named: what each of its experiments would use, with what its definition says. */
export async function checkModule(subject: Subject): Promise<Finding[]> {
  const { module } = subject
  if (module === undefined) return []
  const found = await attempt(() => describeModule(module, subject))
  return found.status === 'ok' ? found.value : [{ name: module, facts: [], troubles: [troubleOf(found.error)] }]
}

async function describeModule(module: string, subject: Subject): Promise<Finding[]> {
  const { currentFolder, tools } = subject
  const paths = await findFiles([module], currentFolder)
  const loaded = await loadModules(paths, {
    ...compileOptions(currentFolder),
    workers: tools.workers,
    onConsole: tools.onConsole,
    onModule: (started) => tools.ending?.addModule(started),
  })
  const { flags, env, ...files } = layersOf(subject)
  const options = await attempt(() => resolveOptions(flags, env, files))
  // Options that are wrong are told of by their own check.
  if (options.status === 'failed') return loaded.map(describeFound)
  return Promise.all(
    selectExperiments(loaded, options.value.values.only).map((experiment) => describeUse(experiment, options.value)),
  )
}

function describeFound({ info, file }: LoadedExperiment): Finding {
  return {
    name: info.name,
    facts: [
      { name: 'file', value: file },
      { name: 'export', value: info.ref.exportName },
      { name: 'dataset', value: info.dataset.description },
    ],
    troubles: [],
  }
}

async function describeUse(experiment: LoadedExperiment, options: ResolvedOptions): Promise<Finding> {
  const found = describeFound(experiment)
  const used = await attempt(() => factsOf(resolveForExperiment(options, experiment.info)))
  if (used.status === 'failed') return { ...found, troubles: [troubleOf(used.error)] }
  return { ...found, facts: [...found.facts, ...used.value] }
}

function factsOf(options: ExperimentOptions): Fact[] {
  const tags = Object.entries(options.tags).map(([key, value]) => ({ key, value }))
  return [
    ...definitionOptions.map((name) => describeOption(name, options)),
    { name: 'config', value: maskJson(options.config) },
    { name: 'tags', value: runOptions.tag.show(tags) || null },
  ]
}

function describeOption<K extends OptionName>(name: K, options: ExperimentOptions): Fact {
  const { values, sources, origins } = options
  const source = sources.get(name) ?? 'default'
  const from = source === 'definition' ? source : (origins.get(name) ?? source)
  return { name: flagName(name), value: runOptions[name].show(values[name]) || null, from }
}
