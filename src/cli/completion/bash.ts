import type { Completion } from '../../config/option-kinds.ts'
import type { CompletedCommand, CompletedOption, CompletedProgram } from './model.ts'

/** A script for bash 3.2 and later, as it comes with macOS. */
export function renderBash({ name, options, commands }: CompletedProgram): string {
  const names = commands.map((command) => command.name)
  return `# Completion of ${name} for bash: eval "$(${name} completion bash)"

_llmobs_exp_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_llmobs_exp_paths() {
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}

_llmobs_exp() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command='' index
  # The parts of --option=value are words of their own.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${names.join(' | ')})
        command="\${COMP_WORDS[index]}"
        break
        ;;
    esac
  done
  COMPREPLY=()
  local IFS=$'\\n'
  case "$command $previous" in
${valueCases(commands)}
  esac
  case "$command" in
    '')
      _llmobs_exp_words ${lines([...names, ...options.map(({ long }) => long)])}
      ;;
${commands.map((command) => commandCase(command.name, command.options, command.values)).join('\n')}
  esac
}

complete -F _llmobs_exp ${name}
`
}

/** What is offered behind an option that takes a value, and nothing else is. Options that offer the same share a case. */
function valueCases(commands: readonly CompletedCommand[]): string {
  const patterns = new Map<string, string[]>()
  for (const { name, options } of commands) {
    for (const { short, long, argument, values } of options) {
      if (argument === undefined) continue
      const body = values === undefined ? ':' : offer(values)
      const flags = [short, long].flatMap((flag) => (flag === undefined ? [] : [`'${name} ${flag}'`]))
      patterns.set(body, [...(patterns.get(body) ?? []), ...flags])
    }
  }
  return [...patterns]
    .map(([body, all]) => `    ${all.join(' | \\\n      ')})\n      ${body}\n      return\n      ;;`)
    .join('\n')
}

function commandCase(name: string, options: readonly CompletedOption[], values: Completion | undefined): string {
  const flags = `_llmobs_exp_words ${lines(options.map(({ long }) => long))}`
  const rest = values === undefined ? [] : ['      else', `        ${offer(values)}`]
  return [
    `    ${name})`,
    '      if [[ $current == -* ]]; then',
    `        ${flags}`,
    ...rest,
    '      fi',
    '      ;;',
  ].join('\n')
}

function offer(values: Completion): string {
  if (values === 'file') return '_llmobs_exp_paths -f'
  return values === 'folder' ? '_llmobs_exp_paths -d' : `_llmobs_exp_words ${lines(values)}`
}

/** Words a line each, because IFS is a line break. */
function lines(words: readonly string[]): string {
  return `$'${words.join('\\n')}'`
}
