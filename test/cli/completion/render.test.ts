import { Argument, Command, Option } from 'commander'
import { expect, it } from 'vitest'
import { renderBash } from '../../../src/cli/completion/bash.ts'
import { renderFish } from '../../../src/cli/completion/fish.ts'
import { describeProgram } from '../../../src/cli/completion/model.ts'
import { renderZsh } from '../../../src/cli/completion/zsh.ts'
import { addOptions } from '../../../src/config/render-options.ts'

const program = new Command('llmobs-exp').version('1.0.0', '-V, --version', 'print the version')
const run = program.command('run').description("run a module's experiments").argument('<file...>')
addOptions(run, ['jobs', 'reporter', 'store'])
run.addOption(new Option('--secret-door <path>').hideHelp())
program
  .command('completion')
  .description('print a script: [one]')
  .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))

const model = describeProgram(program)

it('describes the program without hidden options', () => {
  expect(model.commands.map(({ name, options }) => [name, options.map(({ long }) => long)])).toEqual([
    ['run', ['--jobs', '--reporter', '--store', '--help']],
    ['completion', ['--help']],
  ])
})

it('writes a script for bash', () => {
  expect(renderBash(model).split('\n\n').at(-2)).toMatchInlineSnapshot(`
    "_llmobs_exp() {
      local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command='' index
      # The parts of --option=value are words of their own.
      if [[ $current == '=' ]]; then
        current=''
      elif [[ $previous == '=' ]]; then
        previous="\${COMP_WORDS[COMP_CWORD - 2]}"
      fi
      for ((index = 1; index < COMP_CWORD; index++)); do
        case "\${COMP_WORDS[index]}" in
          run | completion)
            command="\${COMP_WORDS[index]}"
            break
            ;;
        esac
      done
      COMPREPLY=()
      local IFS=$'\\n'
      case "$command $previous" in
        'run -j' | \\
          'run --jobs')
          :
          return
          ;;
        'run --reporter')
          _llmobs_exp_words $'terminal\\nplain\\njson\\nndjson\\njunit\\nmarkdown\\ncsv\\nhtml\\ngithub'
          return
          ;;
        'run --store')
          _llmobs_exp_paths -d
          return
          ;;
      esac
      case "$command" in
        '')
          _llmobs_exp_words $'run\\ncompletion\\n--version\\n--help'
          ;;
        run)
          if [[ $current == -* ]]; then
            _llmobs_exp_words $'--jobs\\n--reporter\\n--store\\n--help'
          else
            _llmobs_exp_paths -f
          fi
          ;;
        completion)
          if [[ $current == -* ]]; then
            _llmobs_exp_words $'--help'
          else
            _llmobs_exp_words $'bash\\nzsh'
          fi
          ;;
      esac
    }"
  `)
})

it('writes a script for zsh', () => {
  expect(renderZsh(model)).toMatchInlineSnapshot(`
    "#compdef llmobs-exp
    # Completion of llmobs-exp for zsh, after compinit: eval "$(llmobs-exp completion zsh)"

    _llmobs_exp() {
      local curcontext="$curcontext" state line
      local -a commands=(
        'run:run a module'\\''s experiments'
        'completion:print a script: [one]'
      )
      _arguments -C \\
        '(-V --version)'{-V,--version}'[print the version]' \\
        '(-h --help)'{-h,--help}'[print help]' \\
        '1: :->command' \\
        '*:: :->arguments' && return
      case $state in
        command)
          _describe -t commands command commands
          ;;
        arguments)
          case $words[1] in
            run)
              _arguments \\
                '(-j --jobs)'{-j+,--jobs=}'[calls of tasks and evaluators in flight at once]:n: ' \\
                '*--reporter=[how results are told: terminal, plain, json, ndjson, junit, markdown, csv, html or github; with a path, into that file]:name[=path]:(terminal plain json ndjson junit markdown csv html github)' \\
                '--store=[folder of the local store, instead of .llmobs-exp beside the nearest package.json]:dir:_files -/' \\
                '(-h --help)'{-h,--help}'[print help]' \\
                '*: :_files'
              ;;
            completion)
              _arguments \\
                '(-h --help)'{-h,--help}'[print help]' \\
                '*: :(bash zsh)'
              ;;
          esac
          ;;
      esac
    }

    compdef _llmobs_exp llmobs-exp
    # Where this file lies in fpath, it is the function itself that is being called.
    if [[ $funcstack[1] == _llmobs-exp ]]; then _llmobs_exp "$@"; fi
    "
  `)
})

it('writes a script for fish', () => {
  expect(renderFish(model)).toMatchInlineSnapshot(`
    "# Completion of llmobs-exp for fish: llmobs-exp completion fish | source

    complete -c llmobs-exp -f
    complete -c llmobs-exp -n '__fish_use_subcommand' -s V -l version -d 'print the version'
    complete -c llmobs-exp -n '__fish_use_subcommand' -s h -l help -d 'print help'
    complete -c llmobs-exp -n '__fish_use_subcommand' -a run -d 'run a module\\'s experiments'
    complete -c llmobs-exp -n '__fish_use_subcommand' -a completion -d 'print a script: [one]'

    complete -c llmobs-exp -n '__fish_seen_subcommand_from run' -s j -l jobs -x -d 'calls of tasks and evaluators in flight at once'
    complete -c llmobs-exp -n '__fish_seen_subcommand_from run' -l reporter -x -a 'terminal plain json ndjson junit markdown csv html github' -d 'how results are told: terminal, plain, json, ndjson, junit, markdown, csv, html or github; with a path, into that file'
    complete -c llmobs-exp -n '__fish_seen_subcommand_from run' -l store -x -a '(__fish_complete_directories)' -d 'folder of the local store, instead of .llmobs-exp beside the nearest package.json'
    complete -c llmobs-exp -n '__fish_seen_subcommand_from run' -s h -l help -d 'print help'
    complete -c llmobs-exp -n '__fish_seen_subcommand_from run' -F

    complete -c llmobs-exp -n '__fish_seen_subcommand_from completion' -s h -l help -d 'print help'
    complete -c llmobs-exp -n '__fish_seen_subcommand_from completion' -a 'bash zsh'
    "
  `)
})
