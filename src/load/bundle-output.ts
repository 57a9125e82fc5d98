import { pathToFileURL } from 'node:url'
import type { OutputFile } from 'esbuild'
import { LlmobsExpError } from '../model/errors.ts'

/** Puts code and source map together, so that the output may lie in any folder. */
export function finishOutput(outputFiles: readonly OutputFile[], file: string): string {
  const code = outputFiles.find(({ path }) => path.endsWith('.mjs'))?.text
  const map = outputFiles.find(({ path }) => path.endsWith('.mjs.map'))?.text
  if (code === undefined || map === undefined)
    throw new LlmobsExpError('E_INTERNAL', `compiling ${file} gave no output`)
  return `${addRequire(code, file)}\n//# sourceMappingURL=data:application/json;base64,${encodeMap(map, file)}\n`
}

function encodeMap(map: string, file: string): string {
  const parsed: unknown = JSON.parse(map, (key, value: unknown) =>
    key === 'sources' && Array.isArray(value) ? value.map((source) => sourceUrl(String(source), file)) : value,
  )
  return Buffer.from(JSON.stringify(parsed)).toString('base64')
}

/** esbuild writes sources as references relative to the output, which it was told lies beside the file. */
function sourceUrl(source: string, file: string): string {
  return source.startsWith('llmobs-exp-') ? source : new URL(source, pathToFileURL(file)).href
}

/** esbuild's stand-in for `require` looks for a global one. On the first line, which is not mapped, it moves nothing. */
function addRequire(code: string, file: string): string {
  if (!code.includes('var __require = ')) return code
  const name = '__llmobsExpCreateRequire'
  const url = JSON.stringify(pathToFileURL(file).href)
  const line = `import{createRequire as ${name}}from"node:module";const require=${name}(${url});`
  const start = code.startsWith('#!') ? code.indexOf('\n') + 1 : 0
  return code.slice(0, start) + line + code.slice(start)
}
