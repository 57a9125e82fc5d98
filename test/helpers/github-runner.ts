/** A command that GitHub's runner would carry out. */
export interface RunnerCommand {
  readonly name: string
  readonly properties: { readonly [name: string]: string }
  readonly data: string
}

const registered = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]

/** What the runner does with the output of a step: reads it line by line, and looks for both of its marks, as in ActionCommand.cs. */
export function runnerCommands(output: string): RunnerCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((line) => parseNew(line) ?? parseOld(line) ?? [])
}

function parseNew(line: string): RunnerCommand | undefined {
  const text = line.replace(/^[\s\u0085]+/, '')
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1
  return end === -1 ? undefined : command(text.slice(2, end), ',', text.slice(end + 2))
}

function parseOld(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[')
  const end = start === -1 ? -1 : line.indexOf(']', start)
  return end === -1 ? undefined : command(line.slice(start + 3, end), ';', line.slice(end + 1))
}

function command(head: string, separator: string, data: string): RunnerCommand | undefined {
  const [name = '', ...rest] = head.split(' ')
  if (!registered.includes(name.toLowerCase())) return undefined
  const pairs = rest
    .join(' ')
    .split(separator)
    .map((pair) => pair.split(/=(.*)/s))
  const properties = Object.fromEntries(pairs.map(([key = '', value = '']) => [key, unescaped(value)]))
  return { name, properties, data: unescaped(data) }
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}

/** Texts that try to give the runner commands, wherever they are printed. */
export const runnerPayloads: readonly string[] = [
  '::set-output name=x::owned',
  '::add-mask::a',
  '::stop-commands::token',
  '  \t::error file=a.ts,line=1::owned',
  '\u0085::warning::owned',
  '\u00a0::group::owned',
  'text\n::debug::owned\r::notice::owned',
  'before ##[add-mask]a',
  '##[error]owned',
  '%0A::error::owned',
]
