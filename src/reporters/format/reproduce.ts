import type { ExperimentInfo } from '../../model/ports.ts'

const SAFE = /^[A-Za-z0-9_@%+=:,./-]+$/
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const UNPRINTABLES = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\']/gu

/**
 * A command line that runs one record again, ready to be pasted into a shell.
 * @example "llmobs-exp run ./triage.ts --only support-triage/large --record 'ticket 17'"
 */
export function renderReproduce(info: Pick<ExperimentInfo, 'file' | 'name'>, key: string): string {
  return [
    'llmobs-exp run',
    shellQuote(info.file),
    optionWithValue('--only', info.name),
    optionWithValue('--record', key),
  ].join(' ')
}

/** Quotes an argument for POSIX shells; what cannot be printed is written as an escape of bash and zsh. */
export function shellQuote(argument: string): string {
  if (SAFE.test(argument)) return argument
  if (UNPRINTABLE.test(argument)) return `$'${argument.replace(UNPRINTABLES, escapeCharacter)}'`
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`
}

function optionWithValue(option: string, value: string): string {
  return value.startsWith('-') ? shellQuote(`${option}=${value}`) : `${option} ${shellQuote(value)}`
}

function escapeCharacter(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`
}
