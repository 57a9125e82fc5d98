import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const pages = ['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)]

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))
}

/** Headings as the anchors that GitHub makes of them. */
function anchorsOf(page: string): string[] {
  return Array.from(read(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function linksOf(page: string): string[] {
  const links = Array.from(withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
  return links.filter((target) => !target.startsWith('https://'))
}

describe('the documents', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const broken = linksOf(page).filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : relative(root, join(root, dirname(page), path))
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('are all linked from the README', () => {
    const links = linksOf('README.md')
    expect(docs.filter((name) => !links.includes(`docs/${name}`))).toEqual([])
  })

  it('show experiments/minimal.ts as it is', () => {
    expect(read('README.md')).toContain(`\`\`\`ts\n${read('experiments/minimal.ts')}\`\`\``)
  })

  it('name no folder of anybody’s machine', () => {
    const machines = /(?<![\w.])\/(?:work|home|root|Users|tmp)\/\S*/g
    expect(pages.flatMap((page) => Array.from(read(page).matchAll(machines), ([path]) => `${page}: ${path}`))).toEqual(
      [],
    )
  })

  it('open with the two commands, which are what CI runs', () => {
    const readme = read('README.md')
    const commands = Array.from(readme.matchAll(/```sh\n(.*)\n```/g), ([, command]) => command)
    expect(commands.slice(0, 2)).toEqual([
      'npm ci && npx llmobs-exp run ./experiments/language-id.ts --jobs 10',
      'npm ci && npm test',
    ])
    expect(read('.ci/run').trimEnd().split('\n').at(-1)).toBe(commands[1])
  })
})
