import { findUnknownVariables } from '../../config/unknown-variables.ts'
import type { Problem } from '../../model/events.ts'
import { describeUnknown } from '../settings.ts'
import { type Fact, type Finding, layersOf, type Subject, type Trouble, troubleOf } from './finding.ts'

/** What lies beside the nearest package.json and has a say: `.env` and the config file. */
export function checkFiles(subject: Subject): Finding[] {
  const { envFile, configPath, configFile, projectFolder, env } = subject
  const failed = [envFile, configPath, configFile].flatMap((one) =>
    one.status === 'failed' ? [troubleOf(one.error)] : [],
  )
  const badLines = envFile.status === 'ok' ? (envFile.value?.problems ?? []) : []
  const unknown = findUnknownVariables(env).map((name) => describeUnknown(name, layersOf(subject).envFile))
  return [
    {
      name: 'files',
      facts: [{ name: 'project folder', value: projectFolder }, ...envFacts(subject), configFact(subject)],
      troubles: [...failed, ...[...badLines, ...unknown].map(toTrouble)],
    },
  ]
}

function envFacts({ envFile }: Subject): Fact[] {
  const file = envFile.status === 'ok' ? envFile.value?.file : undefined
  if (file === undefined) return [{ name: 'env file', value: null }]
  const count = file.variables.size
  return [
    { name: 'env file', value: file.name },
    // Names alone may tell who somebody's customers are.
    { name: 'variables taken from it', value: count },
  ]
}

function configFact({ configPath }: Subject): Fact {
  return { name: 'config file', value: configPath.status === 'ok' ? (configPath.value ?? null) : null }
}

function toTrouble({ code, message }: Problem): Trouble {
  return { severity: 'warning', code, message }
}
