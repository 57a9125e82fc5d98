import type { CompletedCommand, CompletedOption, CompletedProgram } from './model.ts'

export function renderFish({ name, options, commands }: CompletedProgram): string {
  const complete = (condition: string, words: readonly string[]): string =>
    ['complete', '-c', name, '-n', quote(condition), ...words].join(' ')
  const outside = options.map((option) => complete('__fish_use_subcommand', wordsOf(option)))
  const names = commands.map((command) =>
    complete('__fish_use_subcommand', ['-a', command.name, '-d', quote(command.description)]),
  )
  const inside = commands.flatMap((command) => {
    const condition = `__fish_seen_subcommand_from ${command.name}`
    const rest = argumentsOf(command).map((words) => complete(condition, words))
    return ['', ...command.options.map((option) => complete(condition, wordsOf(option))), ...rest]
  })
  return [
    `# Completion of ${name} for fish: ${name} completion fish | source`,
    '',
    `complete -c ${name} -f`,
    ...outside,
    ...names,
    ...inside,
    '',
  ].join('\n')
}

function wordsOf({ short, long, description, argument, values }: CompletedOption): string[] {
  return [
    ...(short === undefined ? [] : ['-s', short.slice(1)]),
    '-l',
    long.slice(2),
    ...(argument === undefined ? [] : valueWords(values)),
    '-d',
    quote(description),
  ]
}

function valueWords(values: CompletedOption['values']): string[] {
  if (values === 'file') return ['-r', '-F']
  if (values === 'folder') return ['-x', '-a', quote('(__fish_complete_directories)')]
  return values === undefined ? ['-x'] : ['-x', '-a', quote(values.join(' '))]
}

function argumentsOf({ values }: CompletedCommand): string[][] {
  if (values === undefined) return []
  if (values === 'file' || values === 'folder') return [['-F']]
  return [['-a', quote(values.join(' '))]]
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
