import { fstatSync } from 'node:fs'
import process from 'node:process'
import type { WriteStream } from 'node:tty'
import type { Screen, TextSink } from '../model/ports.ts'
import { createBottom } from './bottom.ts'
import { resolveColorLevel } from './color-level.ts'
import { createSink, type SinkOptions } from './sink.ts'
import { guardCommands, isGithubActions } from './workflow-commands.ts'

const STDOUT = 1
const STDERR = 2

/**
 * The terminal of this process. Make one only: it listens for errors of stdout and stderr, so that a reader that goes away
 * (`| head -1`) ends the output and never the run.
 *
 * @param mask takes out of stderr what must not be printed. stdout has results, which are data
 */
export function createScreen(mask?: (text: string) => string): Screen {
  const bottom = createBottom()
  const sink = (name: string, stream: WriteStream, masked: SinkOptions['mask']): TextSink =>
    createSink(stream, {
      name,
      mask: masked,
      colorLevel: resolveColorLevel({ env: process.env, isTTY: stream.isTTY === true, depth: colorDepth(stream) }),
    })
  const commands = sink('stderr', process.stderr, mask)
  // What goes to a file is not read by GitHub's runner, and stays as it is.
  const guard = (fd: number, open: TextSink) =>
    isGithubActions(process.env) && isPipe(fd) ? guardCommands(open) : open
  const stderr = guard(STDERR, commands)
  return {
    stdout: bottom.guard(guard(STDOUT, sink('stdout', process.stdout, undefined))),
    stderr: bottom.guard(stderr),
    commands,
    isPiped: isPipe(STDOUT),
    env: process.env,
    reserve: (region) => ({ terminal: stderr, release: bottom.reserve(region) }),
    restore: bottom.close,
  }
}

function isPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd)
    return stats.isFIFO() || stats.isSocket()
  } catch {
    // It is closed.
    return false
  }
}

function colorDepth(stream: WriteStream): number {
  if (stream.isTTY !== true) return 1
  // NO_COLOR and FORCE_COLOR are weighed by `resolveColorLevel`; Node would answer them its own way and warn.
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_DISABLE_COLORS: _node, ...rest } = process.env
  return stream.getColorDepth(rest)
}
