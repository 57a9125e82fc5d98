import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import type { GivenFlags } from '../config/given.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import type { ConsoleChunk } from '../model/ports.ts'
import type { Multiplexer } from '../reporters/multiplexer.ts'
import type { ResumeFlags } from '../session/resume/stored-state.ts'
import type { GroupMember } from '../session/run-group.ts'
import type { CommandContext } from './command-context.ts'
import { findBaselines, withBaseline } from './compare/attach-baselines.ts'
import { createConsoleRelay } from './console-relay.ts'
import { createReporters } from './create-reporters.ts'
import { createEnding, type Ending } from './ending.ts'
import { claimGroup, releaseAll } from './resume/claim-group.ts'
import { findGroup } from './resume/find-group.ts'
import { planGroup } from './resume/plan-group.ts'
import { type RunBackend, startBackend } from './run-backend.ts'
import { runMembers } from './run-members.ts'
import { startOptions } from './settings.ts'

/** `llmobs-exp resume <experiment>`: runs what is left of a command, and says what all of it came to. */
export async function resume(wanted: string, flags: GivenFlags, context: CommandContext): Promise<number> {
  const ending = createEnding(context.screen.restore)
  try {
    const settings = startOptions(flags, context)
    const relay = createConsoleRelay()
    const tools = { ...context, ending, onConsole: relay.write }
    const options = await settings.complete(tools)
    const backend = startBackend(options, tools)
    try {
      const reporters = await createReporters(options, context)
      relay.connect(reporters.console)
      for (const problem of settings.problems) reporters.problem(problem)
      return await goOn({ wanted, flags, options, ending, backend, reporters, onConsole: relay.write }, context)
    } finally {
      await backend.close()
    }
  } catch (error) {
    throw ending.explain(error)
  } finally {
    await ending.close()
  }
}

interface Resumption {
  readonly wanted: string
  readonly flags: GivenFlags
  readonly options: ResolvedOptions
  readonly ending: Ending
  readonly backend: RunBackend
  readonly reporters: Multiplexer
  readonly onConsole: (chunk: ConsoleChunk) => void
}

async function goOn(resumption: Resumption, context: CommandContext): Promise<number> {
  const { options, ending, backend, reporters } = resumption
  const members = await claimMembers(resumption, context)
  if (backend.note !== undefined) reporters.note(backend.note)
  const deliverer = await backend.deliverer(reporters).catch((error: unknown) => {
    for (const { stored } of members) stored.leave()
    throw error
  })
  const { exitCode } = await runMembers({ members, ending, reporters, deliverer, options: options.values }, context)
  return exitCode
}

/** The experiments of the group, claimed; none of them is where anything keeps one from going on. */
async function claimMembers(resumption: Resumption, context: CommandContext): Promise<GroupMember[]> {
  const { wanted, flags, options, ending, reporters, onConsole } = resumption
  const store = openLocalStore(options.values.store ?? defaultStoreFolder(context.currentFolder))
  const entries = await findGroup({ store, wanted, only: options.values.only }, context)
  const claimed = claimGroup(entries, flags.unlock === true, context)
  try {
    const onComplete = (name: string): void => reporters.note(`${name}: nothing is left to run`)
    const tools = { options, flags: resumeFlags(flags), ending, onConsole, onComplete }
    const members = await planGroup(claimed, tools, context)
    if (options.sources.get('baseline') === 'flag') {
      for (const { info } of members.filter((member) => 'recall' in member)) {
        const command = `llmobs-exp compare ${options.values.baseline} ${info.experimentId}`
        reporters.note(`${info.name} is complete, and not held against another baseline: ${command}`)
      }
    }
    const left = members.flatMap((member) => ('recall' in member ? [] : [member]))
    const baselines = await findBaselines(left, { store, stop: ending.stop }, context)
    return members.map((member) => ('recall' in member ? member : withBaseline(member, baselines)))
  } catch (error) {
    releaseAll(claimed)
    throw error
  }
}

function resumeFlags({ retryErrors, retryPoison, allowChanged }: GivenFlags): ResumeFlags {
  return {
    retryErrors: retryErrors === true,
    retryPoison: retryPoison === true,
    allowChanged: allowChanged === true,
  }
}
