import type { TextSink } from '../model/ports.ts'

/**
 * GitHub's runner takes a line that begins with `::`, white space aside, for a command to itself, and `##[` anywhere in a line
 * (https://github.com/actions/runner, ActionCommand.cs). What counts as white space there is U+0085 too.
 */
const AT_START = /(^|[\n\r])([^\S\n\r]|\u0085)*::/g
const ANYWHERE = /##\[/g

/** Whether what this process prints is read by GitHub's runner. */
export function isGithubActions({ GITHUB_ACTIONS }: { readonly [name: string]: string | undefined }): boolean {
  return GITHUB_ACTIONS === 'true'
}

/** Whole lines, none of which is a command any more: a space comes into its mark. */
export function defuseCommands(lines: string): string {
  return lines.replace(AT_START, (start) => `${start.slice(0, -1)} :`).replace(ANYWHERE, '## [')
}

/** The sink as everybody has it where GitHub's runner reads along: texts from data, and users' consoles, give it no commands. */
export function guardCommands(sink: TextSink): TextSink {
  return {
    isTTY: sink.isTTY,
    get columns() {
      return sink.columns
    },
    get rows() {
      return sink.rows
    },
    colorLevel: sink.colorLevel,
    write: (text) => sink.write(defuseCommands(text)),
    flush: () => sink.flush(),
  }
}
