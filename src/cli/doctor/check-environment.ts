import type { TextSink } from '../../model/ports.ts'
import type { Fact, Finding, Subject } from './finding.ts'

const colorLevels = ['none', '16 colours', '256 colours', '16 million colours'] as const

/** Variables of which only whether they are set is told: their values may hold logins. */
const setOrNot = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'NODE_OPTIONS'] as const

/** Where output goes, and what of the environment has a say in it or in calls of user code. */
export function checkEnvironment({ env, screen, currentFolder }: Subject): Finding[] {
  const isSet = (name: string): boolean => [env[name], env[name.toLowerCase()]].some((value) => (value ?? '') !== '')
  return [
    {
      name: 'environment',
      facts: [
        { name: 'current folder', value: currentFolder },
        yesNo('CI', isSet('CI') || isSet('GITHUB_ACTIONS')),
        ...streamFacts('stdout', screen.stdout),
        ...streamFacts('stderr', screen.stderr),
        ...setOrNot.map((name) => ({ name, value: isSet(name), text: isSet(name) ? 'set' : 'not set' })),
      ],
      troubles: [],
    },
  ]
}

function streamFacts(name: string, { isTTY, columns, colorLevel }: TextSink): Fact[] {
  return [
    yesNo(`${name} is a terminal`, isTTY),
    { name: `${name} columns`, value: columns, text: columns === 0 ? 'not known' : String(columns) },
    { name: `${name} colours`, value: colorLevel, text: colorLevels[colorLevel] },
  ]
}

function yesNo(name: string, value: boolean): Fact {
  return { name, value, text: value ? 'yes' : 'no' }
}
