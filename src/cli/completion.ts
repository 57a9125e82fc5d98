import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { renderBash } from './completion/bash.ts'
import { renderFish } from './completion/fish.ts'
import { describeProgram } from './completion/model.ts'
import { renderZsh } from './completion/zsh.ts'
import type { Shell } from './shells.ts'

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const

/** `llmobs-exp completion <shell>`: prints a script with which the shell completes commands, options and their values. */
export async function completion(shell: Shell, program: Command, { screen }: CommandContext): Promise<number> {
  await screen.stdout.write(renderers[shell](describeProgram(program)))
  await screen.stdout.flush()
  return 0
}
