import process from 'node:process'
import { atExit } from './cursor.ts'

/** Keys that are pressed at the terminal, one by one. */
export interface Keys {
  /** Gives the keyboard back. */
  close(): void
}

/** What a terminal that hands over every key no longer does by itself. */
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_Z = '\u001a'

/** Whether somebody sits at a keyboard. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true
}

/**
 * Tells of each key without waiting for Enter; Ctrl-D is told as `q`. Ctrl-C and Ctrl-Z mean what they always do. The terminal is
 * as it was before when it is closed, and when the process ends.
 */
export function readKeys(onKey: (key: string) => void): Keys {
  const { stdin } = process
  const receive = (chunk: Buffer): void => {
    // The first of several: what is pasted is no command, and Enter may follow a key.
    const key = chunk.toString('utf8').slice(0, 1)
    if (key === CTRL_C) process.emit('SIGINT', 'SIGINT')
    else if (key === CTRL_Z) suspend()
    else onKey(key === CTRL_D ? 'q' : key)
  }
  const suspend = (): void => {
    stdin.setRawMode(false)
    // All processes of the command, as the terminal would do.
    process.kill(0, 'SIGTSTP')
  }
  // The shell has given the terminal its own mode meanwhile, which Node does not know of.
  const resume = (): void => {
    stdin.setRawMode(false)
    stdin.setRawMode(true)
  }
  const ignore = (): void => {}
  const close = (): void => {
    forgetExit()
    process.off('SIGCONT', resume)
    stdin.off('data', receive)
    stdin.setRawMode(false)
    stdin.pause()
  }
  const forgetExit = atExit(close)
  process.on('SIGCONT', resume)
  // A terminal that goes away ends the process by a signal.
  stdin.on('error', ignore)
  stdin.on('data', receive)
  stdin.setRawMode(true)
  return { close }
}
