import process from 'node:process'

export const HIDE_CURSOR = '\u001b[?25l'
export const SHOW_CURSOR = '\u001b[?25h'

/** Calls back when the process ends, however that comes about, unless what it returns is called before. */
export function atExit(callback: () => void): () => void {
  process.once('exit', callback)
  return () => void process.removeListener('exit', callback)
}

/** Calls back before the process is suspended (Ctrl-Z), and when it goes on, until what it returns is called. */
export function onSuspend({ before, after }: { before(): void; after(): void }): () => void {
  const suspend = (): void => {
    before()
    process.once('SIGCONT', after)
    process.kill(process.pid, 'SIGSTOP')
  }
  process.on('SIGTSTP', suspend)
  return () => {
    process.off('SIGTSTP', suspend)
    process.off('SIGCONT', after)
  }
}
