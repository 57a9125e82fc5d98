import { relative } from 'node:path'
import process from 'node:process'
import type { Environment, GivenFlags, ResolvedOptions } from '../config/resolve.ts'
import { originOf } from '../config/resolve.ts'
import { type UsedFile, useFiles } from '../load/used-files.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { signalCodes } from '../model/outcome.ts'
import { describeChangedFiles } from '../reporters/format/watch.ts'
import type { EndedGroup } from '../session/run-group.ts'
import { isCi } from '../terminal/ci.ts'
import { hasKeyboard, type Keys, readKeys } from '../terminal/keys.ts'
import type { CommandContext } from './command-context.ts'
import { createFileWatch, type FileWatch } from './file-watch.ts'
import { createPatternWatch } from './pattern-watch.ts'
import { reportError } from './report-error.ts'
import { watchSignals } from './signals.ts'
import { createWatchMemory, type RecordChoice, type WatchMemory } from './watch-memory.ts'
import { createWatchPrinter, type WatchPrinter } from './watch-printer.ts'
import { runTurn, type Turn, type TurnEnd } from './watch-turn.ts'
import { type Again, createWishes, type Wishes } from './watch-wishes.ts'

/** What is run again and again. */
export interface WatchedRun {
  readonly patterns: readonly string[]
  readonly flags: GivenFlags
  /** Files that have a say in the options, as they were before these were read. */
  readonly places: readonly UsedFile[]
}

interface Session {
  readonly run: WatchedRun
  readonly context: CommandContext
  readonly files: FileWatch
  readonly wishes: Wishes
  readonly keys: Keys | undefined
  readonly printer: WatchPrinter
  readonly memory: WatchMemory
}

const ASKED_FOR = 'another run was asked for'
const FAILING_ASKED_FOR = 'failing records were asked for'

/**
 * `llmobs-exp run --watch`: runs again when something has changed, until somebody ends it. The exit code is that of the last run,
 * or of the signal that ended it.
 *
 * @throws LlmobsExpError for what is wrong with the command line itself
 */
export async function watch(run: WatchedRun, context: CommandContext): Promise<number> {
  refuseInCi(context.env)
  const wishes = createWishes()
  const files = createFileWatch(wishes.filesChanged)
  const stopSignals = watchSignals({ first: wishes.quit, again() {} })
  const keys = openKeyboard(wishes, context)
  const printer = createWatchPrinter(context, keys !== undefined)
  const { currentFolder } = context
  const matches = createPatternWatch({ patterns: run.patterns, currentFolder, onMatches: files.discover })
  try {
    return await repeat({ run, context, files, wishes, keys, printer, memory: createWatchMemory() })
  } finally {
    matches.close()
    keys?.close()
    stopSignals()
    files.close()
  }
}

/** Another run, and why there is to be one. */
interface NextTurn {
  readonly message: string
  readonly what: Again
}

async function repeat(session: Session): Promise<number> {
  const { files, wishes, printer, memory } = session
  let hasRun = false
  let next: NextTurn | undefined
  for (let isFirst = true; isFirst || next !== undefined; isFirst = false) {
    if (next !== undefined) await printer.turn(next.message)
    const scope = next?.what === 'failing' ? 'choice' : 'all'
    const end = await runOnce(session, { isFirst, ...(scope === 'choice' ? { records: memory.failing() } : {}) })
    hasRun ||= end.exitCode !== 2
    if (end.status === 'signal') return end.exitCode === 2 && hasRun ? signalCodes[end.signal] : end.exitCode
    if (end.status === 'out-of-date') {
      await files.settled()
      if (wishes.quitBy !== undefined) return signalCodes[wishes.quitBy]
      next = { message: describeFiles(session) ?? end.message, what: 'all' }
      continue
    }
    if (end.status === 'ended') await tellChanges(session, end.group, scope)
    await printer.watching({ files: files.count, failing: countRecords(memory.failing()) })
    next = await waitForNext(session)
    if (next !== undefined) continue
    if (end.status === 'ended') await printer.lastLine(end.group.lastLine)
    return end.exitCode
  }
  throw new LlmobsExpError('E_INTERNAL', 'the watch came to an end that nobody asked for')
}

async function tellChanges({ memory, printer, context }: Session, group: EndedGroup, scope: 'all' | 'choice') {
  try {
    await printer.changes(await memory.learn(group, scope))
  } catch (error) {
    if (!(error instanceof LlmobsExpError)) throw error
    // The run has ended, and its numbers stand above.
    await reportError(error, context)
  }
}

function countRecords(choice: RecordChoice): number {
  return [...choice.values()].reduce((sum, keys) => sum + keys.length, 0)
}

/** Runs once, and learns what that was made from. What could not be prepared is watched with all that was known before. */
async function runOnce(session: Session, how: Pick<Turn, 'isFirst' | 'records'>): Promise<TurnEnd> {
  const { run, context, files, wishes, keys, printer } = session
  const used = new Set<string>()
  const use = (more: readonly UsedFile[]): void => {
    for (const { path } of more) used.add(path)
    files.know(more)
  }
  files.acknowledge()
  const end = await runTurn(
    {
      ...run,
      ...how,
      onFiles: use,
      usePlaces: (paths) => use(how.isFirst ? run.places : useFiles(paths)),
      onReady(options) {
        refuseDocument(options)
        printer.use(options.values)
      },
      interruptible: (outdate) =>
        wishes.interrupt((wish) => outdate(wish === 'again' ? ASKED_FOR : (describeFiles({ files, context }) ?? wish))),
      beforeDeath() {
        keys?.close()
        context.screen.restore()
      },
    },
    context,
  )
  if (end.status === 'ended' || (end.status === 'out-of-date' && end.isPrepared)) files.keepOnly(used)
  return end
}

/** Undefined when there is to be none. */
async function waitForNext(session: Session): Promise<NextTurn | undefined> {
  const { files, wishes, memory } = session
  for (;;) {
    if (wishes.quitBy !== undefined) return undefined
    const again = wishes.takeAgain()
    if (again === 'all') return { message: ASKED_FOR, what: again }
    if (again === 'failing' && memory.failing().size > 0) return { message: FAILING_ASKED_FOR, what: again }
    if (files.changed().length === 0) await wishes.next()
    else {
      await files.settled()
      const message = describeFiles(session)
      if (message !== undefined && wishes.quitBy === undefined) return { message, what: 'all' }
    }
  }
}

function describeFiles({ files, context }: Pick<Session, 'files' | 'context'>): string | undefined {
  const paths = files.changed().map((path) => relative(context.currentFolder, path))
  return paths.length === 0 ? undefined : describeChangedFiles(paths)
}

function openKeyboard(wishes: Wishes, { screen }: CommandContext): Keys | undefined {
  if (!hasKeyboard() || !screen.stderr.isTTY) return undefined
  return readKeys((key) => {
    // What runs hears of it too.
    if (key === 'q') process.emit('SIGINT', 'SIGINT')
    else if (key === 'r' || key === '\r' || key === '\n') wishes.again('all')
    else if (key === 'f') wishes.again('failing')
  })
}

/** Nobody is there to end it, and a job that hangs costs more than one that fails. */
function refuseInCi(env: Environment): void {
  if (!isCi(env)) return
  throw new LlmobsExpError('E_OPTION', `--watch: expected somebody who can end it, got CI=${JSON.stringify(env.CI)}`, {
    hint: 'leave --watch out; where this is no CI, set CI=false',
  })
}

/** `json` promises one document. */
function refuseDocument(options: ResolvedOptions): void {
  if (!options.values.reporter.includes('json')) return
  const origin = originOf(options, 'reporter')
  throw new LlmobsExpError('E_OPTION', `${origin}: expected json=<path> beside --watch, got json for stdout`, {
    hint: 'the file is written anew after each run; ndjson on stdout goes on and on',
  })
}
