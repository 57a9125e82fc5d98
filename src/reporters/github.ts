import { appendFile, stat } from 'node:fs/promises'
import type { Reporter, Screen } from '../model/ports.ts'
import { collectViews } from './document.ts'
import { annotate } from './format/github/annotations.ts'
import { type Annotation, renderAnnotation } from './format/github/workflow-command.ts'
import { buildMarkdown } from './format/markdown/report.ts'

/** GitHub takes no summary of a step that is longer, all that was written to it together. */
const MAX_SUMMARY = 1024 * 1024
/** Less than this says nothing. */
const MIN_SUMMARY = 500
/** What one command takes of that: a step may have several. */
const SHARE = 250_000

/** For GitHub Actions: the summary of the step, and annotations, both at the end. Nothing goes to stdout. */
export function createGithubReporter({ commands, env }: Pick<Screen, 'commands' | 'env'>): Reporter {
  const collected = collectViews()
  return {
    name: 'github',
    ownsStdout: false,
    event: (_event, view) => collected.add(view),
    async finish(outcome) {
      const input = { outcome, views: collected.views }
      const annotations = annotate(input, env.GITHUB_WORKSPACE ?? '.')
      await commands.write(annotations.map(renderAnnotation).join(''))
      const { GITHUB_STEP_SUMMARY: file = '' } = env
      if (file === '') return
      const room = Math.min(MAX_SUMMARY - (await sizeOf(file)) - 1, SHARE)
      if (room < MIN_SUMMARY) await commands.write(renderAnnotation(NO_ROOM))
      else await appendFile(file, `${await buildMarkdown(input, room)}\n`)
    },
  }
}

const NO_ROOM: Annotation = {
  level: 'warning',
  title: 'llmobs-exp',
  message: 'the summary of this step is full: what came before takes the 1 MiB that GitHub gives it',
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found?.size ?? 0
}
