import { relative } from 'node:path'
import process from 'node:process'
import type { Environment, GivenFlags, ResolvedOptions } from '../config/resolve.ts'
import { originOf } from '../config/resolve.ts'
import { type UsedFile, useFiles } from '../load/used-files.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { signalCodes } from '../model/outcome.ts'
import { describeChangedFiles } from '../reporters/format/watch.ts'
import { hasKeyboard, type Keys, readKeys } from '../terminal/keys.ts'
import type { CommandContext } from './command-context.ts'
import { createFileWatch, type FileWatch } from './file-watch.ts'
import { watchSignals } from './signals.ts'
import { createWatchPrinter, type WatchPrinter } from './watch-printer.ts'
import { runTurn, type TurnEnd } from './watch-turn.ts'
import { createWishes, type Wishes } from './watch-wishes.ts'

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
}

const ASKED_FOR = 'another run was asked for'

/**
 * `llmobs-exp run --watch`: runs again when something has changed, until somebody ends it. The exit code is that of the last run,
 * or of the signal that ended it.
 *
 * @throws LlmobsExpError for what is wrong with the command line itself
 */
export async function watch(run: WatchedRun, context: CommandContext): Promise<number> {
  refuseInCI(context.env)
  const wishes = createWishes()
  const files = createFileWatch(wishes.filesChanged)
  const stopSignals = watchSignals({ first: wishes.quit, again() {} })
  const keys = openKeyboard(wishes, context)
  const printer = createWatchPrinter(context, keys !== undefined)
  try {
    return await repeat({ run, context, files, wishes, keys, printer })
  } finally {
    keys?.close()
    stopSignals()
    files.close()
  }
}

async function repeat(session: Session): Promise<number> {
  const { files, wishes, printer } = session
  let hasRun = false
  let reason: string | undefined
  for (let isFirst = true; isFirst || reason !== undefined; isFirst = false) {
    if (reason !== undefined) await printer.turn(reason)
    const end = await runOnce(session, isFirst)
    hasRun ||= end.exitCode !== 2
    if (end.status === 'signal') return end.exitCode === 2 && hasRun ? signalCodes[end.signal] : end.exitCode
    if (end.status === 'out-of-date') {
      await files.settled()
      if (wishes.quitBy !== undefined) return signalCodes[wishes.quitBy]
      reason = describeFiles(session) ?? end.message
      continue
    }
    if (end.status === 'ended') await printer.changes(end.group)
    await printer.watching(files.count)
    reason = await waitForReason(session)
    if (reason !== undefined) continue
    if (end.status === 'ended') await printer.lastLine(end.group.lastLine)
    return end.exitCode
  }
  throw new LlmobsExpError('E_INTERNAL', 'the watch came to an end that nobody asked for')
}

/** Runs once, and learns what that was made from. What could not be prepared is watched with all that was known before. */
async function runOnce({ run, context, files, wishes, keys, printer }: Session, isFirst: boolean): Promise<TurnEnd> {
  const used = new Set<string>()
  const use = (more: readonly UsedFile[]): void => {
    for (const { path } of more) used.add(path)
    files.know(more)
  }
  files.acknowledge()
  const end = await runTurn(
    {
      ...run,
      isFirst,
      onFiles: use,
      usePlaces: (paths) => use(isFirst ? run.places : useFiles(paths)),
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

/** Why there is to be another run; undefined when there is to be none. */
async function waitForReason(session: Session): Promise<string | undefined> {
  const { files, wishes } = session
  for (;;) {
    if (wishes.quitBy !== undefined) return undefined
    if (wishes.takeAgain()) return ASKED_FOR
    if (files.changed().length === 0) await wishes.next()
    else {
      await files.settled()
      const reason = describeFiles(session)
      if (reason !== undefined && wishes.quitBy === undefined) return reason
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
    else if (key === 'r' || key === '\r' || key === '\n') wishes.again()
  })
}

/** Nobody is there to end it, and a job that hangs costs more than one that fails. */
function refuseInCI({ CI }: Environment): void {
  if (CI === undefined || CI === '' || CI === 'false' || CI === '0') return
  throw new LlmobsExpError('E_OPTION', `--watch: expected somebody who can end it, got CI=${JSON.stringify(CI)}`, {
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
