import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempFolder } from './temp-folder.ts'

const run = promisify(execFile)
const TIMEOUT = 120_000
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A page's document after headless Chromium has loaded it and has run what it would run. */
export async function loadInChromium(html: string): Promise<string> {
  const folder = await tempFolder()
  const page = join(folder, 'page.html')
  writeFileSync(page, html)
  const args = [
    ...QUIET,
    `--user-data-dir=${join(folder, 'profile')}`,
    '--virtual-time-budget=3000',
    '--dump-dom',
    `file://${page}`,
  ]
  const { stdout } = await run('chromium-headless-shell', args, { timeout: TIMEOUT, maxBuffer: 64 * 1024 * 1024 })
  return stdout
}

const EXECUTE = "document.documentElement.setAttribute('data-executed', 'yes')"

/** Texts that run a script, load something or change a page where they become markup. */
export const pagePayloads: readonly string[] = [
  `<script>${EXECUTE}</script>`,
  `</script><img src=x onerror="${EXECUTE}">`,
  `</style><svg onload="${EXECUTE}">`,
  `"><img src=x onerror="${EXECUTE}">`,
  `' autofocus onfocus='${EXECUTE}`,
  `</pre></dd></dl></details><iframe srcdoc="<script>parent.${EXECUTE}</script>"></iframe>`,
  `<a href="javascript:${EXECUTE}">x</a>`,
  `javascript:${EXECUTE}`,
  `{{constructor.constructor("${EXECUTE}")()}} {{7*7}}`,
  `[x](javascript:${EXECUTE}) ![x](http://evil.example/x.png)`,
  '<!-- <plaintext> -->',
  '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
  '<base href="http://evil.example/">',
  '&lt;script&gt; &#60;img src=x onerror=1&#62;',
  '<style>* { display: none }</style><link rel=stylesheet href=//evil.example>',
  '\u2028</title><body onload="x">',
]

/** Whether a script of a payload ran. */
export function hasExecuted(document: string): boolean {
  return /<html[^>]* data-executed="yes"/.test(document)
}
