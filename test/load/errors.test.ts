import { sep } from 'node:path'
import { expect, test } from 'vitest'
import { toErrorInfo } from '../../src/model/error-info.ts'
import type { ErrorInfo } from '../../src/model/errors.ts'
import { compile, load, project } from './helpers/load.ts'

/** What a user would be told, with the project's folder written as `~`. */
function render(error: ErrorInfo, root: string): string {
  const { code, message, location, codeFrame, hint } = error
  const place = location === undefined ? '' : [location.file, location.line, location.column].filter(Boolean).join(':')
  const lines = [`${code} ${message}`, `at ${place}`, codeFrame, hint === undefined ? undefined : `hint: ${hint}`]
  return `\n${lines
    .filter((line) => line !== undefined)
    .join('\n')
    .replaceAll(root, '~')
    .replaceAll(sep, '/')}\n`
}

async function compileError(entry: string): Promise<string> {
  const root = await project('errors')
  const error = await compile(root, entry).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return render(toErrorInfo('E_INTERNAL', error), root)
}

async function loadError(entry: string): Promise<string> {
  const root = await project('errors')
  const loaded = await load(await compile(root, entry))
  return loaded.status === 'error' ? render(loaded.error, root) : 'was loaded'
}

test('a syntax error names file, line and column, and shows the place', async () => {
  expect(await compileError('syntax.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD syntax.ts:3:37 does not compile: Unexpected ","
    at ~/syntax.ts:3:37
      1 | const fine: number = 1
      2 | export default {
    > 3 |   name: 'größe 日本', task: (x) => x + ,
        |                                        ^
      4 | }
      5 |
    "
  `)
})

test('a file that ends too early is reported as it was written, not as it was compiled', async () => {
  expect(await compileError('unclosed.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD unclosed.ts:4:1 does not compile: Unexpected end of file
    at ~/unclosed.ts:4:1
      2 |   name: import.meta.url,
      3 |   task: () => {
    > 4 |
        | ^
    "
  `)
})

test('a missing package says how to install it', async () => {
  expect(await compileError('missing-package.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD cannot find the package "@scope/not-installed/sub", imported by missing-package.ts:1:19
    at ~/missing-package.ts:1:19
    > 1 | import { z } from '@scope/not-installed/sub'
        |                   ^
      2 | export default z
      3 |
    hint: is it installed? npm install @scope/not-installed
    "
  `)
})

test('a missing file says which one was meant', async () => {
  expect(await compileError('missing-file.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD cannot find "./helpers/mispelt.ts", imported by missing-file.ts:1:24
    at ~/missing-file.ts:1:24
    > 1 | import { answer } from './helpers/mispelt.ts'
        |                        ^
      2 | export default answer
      3 |
    hint: did you mean "./helpers/misspelt.ts"?
    "
  `)
})

test('a name that a file does not export is named, with what was meant', async () => {
  expect(await compileError('missing-own-export.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD misspelt.ts has no export "anser", which missing-own-export.ts:1:10 imports
    at ~/missing-own-export.ts:1:10
    > 1 | import { anser } from './helpers/misspelt.ts'
        |          ^
      2 |
      3 | export default anser
    hint: did you mean "answer"?
    "
  `)
})

test('a file that is no module says how to have its text', async () => {
  expect(await compileError('imports-text.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD cannot import "./helpers/prompt.md", as imports-text.ts:1:18 does: expected a module or JSON, got a file of another kind
    at ~/imports-text.ts:1:18
    > 1 | import text from './helpers/prompt.md'
        |                  ^
      2 |
      3 | export default text
    hint: read it: readFileSync(new URL("./helpers/prompt.md", import.meta.url), 'utf8')
    "
  `)
})

test('a dataset in place of a module says which module lies beside it', async () => {
  expect(await compileError('throws.jsonl')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD throws.jsonl: expected a module (.ts, .mts, .cts, .js, .mjs, .cjs), got a file of another kind
    at ~/throws.jsonl
    hint: did you mean "throws.ts"?
    "
  `)
})

test('several errors are told at once', async () => {
  expect(await compileError('several.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD cannot find the package "missing-a", imported by several.ts:1:15
    at ~/several.ts:1:15
    > 1 | import a from 'missing-a'
        |               ^
      2 | import b from 'missing-b'
      3 | import c from './missing-c'
    hint: is it installed? npm install missing-a
    2 more errors:
      cannot find the package "missing-b", imported by several.ts:2:15
      cannot find "./missing-c", imported by several.ts:3:15
    "
  `)
})

test('a throw at the top level points at the line of the TypeScript file', async () => {
  expect(await loadError('throws.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/throws.ts threw while it was loading: TypeError: cannot start: no key is set
    at ~/helpers/fail.ts:8:9
       6 |   const reason: Reason = { why: 'no key is set' }
       7 |   await Promise.resolve()
    >  8 |   throw new TypeError(\`cannot start: \${reason.why}\\nsecond line\`)
         |         ^
       9 | }
      10 |
    "
  `)
})

test('a throw inside a package points at the call in the file of the user', async () => {
  expect(await loadError('throws-in-package.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/throws-in-package.ts threw while it was loading: RangeError: inside
    at ~/throws-in-package.ts:3:1
      1 | import { fail } from 'failing-package'
      2 |
    > 3 | fail()
        | ^
      4 | export default 1
      5 |
    "
  `)
})

test('a throw on the first line has its column', async () => {
  expect(await loadError('first-line.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/first-line.ts threw while it was loading: Error: ~/first-line.ts
    at ~/first-line.ts:1:7
    > 1 | throw new Error(import.meta.filename)
        |       ^
      2 |
    "
  `)
})

test('a thrown string is quoted', async () => {
  expect(await loadError('throws-text.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/throws-text.ts threw while it was loading: "just text"
    at ~/throws-text.ts
    "
  `)
})

test('a rejected top-level await without a reason is told', async () => {
  expect(await loadError('rejects.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/rejects.ts threw while it was loading: undefined
    at ~/rejects.ts
    "
  `)
})

test('a name that a package does not export is named', async () => {
  expect(await loadError('missing-export.ts')).toMatchInlineSnapshot(`
    "
    E_MODULE_LOAD ~/missing-export.ts: "failing-package" has no export "succeed"
    at ~/missing-export.ts:1:10
    > 1 | import { succeed } from 'failing-package'
        |          ^
      2 | export default succeed
      3 |
    "
  `)
})
