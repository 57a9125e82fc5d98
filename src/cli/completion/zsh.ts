import type { Completion } from '../../config/option-kinds.ts'
import type { CompletedCommand, CompletedOption, CompletedProgram } from './model.ts'

export function renderZsh({ name, options, commands }: CompletedProgram): string {
  return `#compdef ${name}
# Completion of ${name} for zsh, after compinit: eval "$(${name} completion zsh)"

_llmobs_exp() {
  local curcontext="$curcontext" state line
  local -a commands=(
${commands.map(({ name: command, description }) => `    ${quote(`${command}:${description}`)}`).join('\n')}
  )
  _arguments -C \\
${options.map((option) => `    ${specOf(option)} \\\n`).join('')}    '1: :->command' \\
    '*:: :->arguments' && return
  case $state in
    command)
      _describe -t commands command commands
      ;;
    arguments)
      case $words[1] in
${commands.map(renderCommand).join('\n')}
      esac
      ;;
  esac
}

compdef _llmobs_exp ${name}
# Where this file lies in fpath, it is the function itself that is being called.
if [[ $funcstack[1] == _llmobs-exp ]]; then _llmobs_exp "$@"; fi
`
}

function renderCommand({ name, options, values }: CompletedCommand): string {
  const specs = [...options.map(specOf), ...(values === undefined ? [] : [quote(`*: :${action(values)}`)])]
  return [
    `        ${name})`,
    `          _arguments \\\n${specs.map((spec) => `            ${spec}`).join(' \\\n')}`,
    '          ;;',
  ].join('\n')
}

/** @example `'(-j --jobs)'{-j+,--jobs=}'[calls in flight at once]:n: '` */
function specOf({ short, long, description, argument, values, isRepeatable }: CompletedOption): string {
  const text = `[${description.replace(/[\\[\]]/g, '\\$&')}]`
  const value = argument === undefined ? '' : `:${argument.replace(/[\\:]/g, '\\$&')}:${action(values)}`
  const [shortFlag, longFlag] = argument === undefined ? [short, long] : [`${short}+`, `${long}=`]
  const exclusive = isRepeatable ? '*' : `(${short === undefined ? '' : `${short} `}${long})`
  if (short === undefined) return quote(`${isRepeatable ? '*' : ''}${longFlag}${text}${value}`)
  return `${quote(exclusive)}{${shortFlag},${longFlag}}${quote(`${text}${value}`)}`
}

function action(values: Completion | undefined): string {
  if (values === undefined) return ' '
  if (values === 'file') return '_files'
  return values === 'folder' ? '_files -/' : `(${values.join(' ')})`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
