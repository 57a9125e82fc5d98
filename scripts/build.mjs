// npm run build [-- folder]: declarations by tsc, code by esbuild.
//
// Node 20 takes half a millisecond to load an ES module and keeps nothing of what it has compiled: the command line starts from a
// few CommonJS files in a fraction of the time that it would take from a file for each source.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { renderLicenses } from './licenses.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = resolve(root, process.argv[2] ?? 'dist')

/** What the command line loads when it is needed. Modules that are in several of these keep nothing but constants. */
const commands = [
  ...readdirSync(join(root, 'src/cli'))
    .filter((file) => /^(?:main|program|[\w-]+-commands)\.ts$/.test(file))
    .flatMap((file) =>
      Array.from(
        readFileSync(join(root, 'src/cli', file), 'utf8').matchAll(/import\('\.\/([\w-]+)\.ts'\)/g),
        ([, command]) => command,
      ),
    ),
  // Of several commands: where nothing is pushed none of it is loaded.
  'backend',
]
/** What few commands need, or few runs, of a folder that many bundle, for the same reason: the file they import, and where it lies. */
const shared = {
  documents: 'src/reporters/documents.ts',
  baselines: 'src/cli/compare/baselines.ts',
  comparing: 'src/session/comparing.ts',
}
/** Packages in a file of their own, for the same reason. */
const packages = ['chalk', 'cli-table3', 'tinyglobby']
/** Packages that are neither needed at once nor used for longer than a moment stay what they are. */
const external = ['csv-parse', 'esbuild', 'ora', 'undici', 'zod']

/** @satisfies {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
}

/** @satisfies {import('esbuild').BuildOptions} */
const esModule = { ...options, format: 'esm' }

/** @satisfies {import('esbuild').BuildOptions} */
const commonJs = {
  ...options,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  logOverride: { 'empty-import-meta': 'error' },
}

/** For packages that ask where they lie: esbuild leaves `import.meta.url` undefined in CommonJS. */
const ownUrl = {
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
}

/** Leaves an import to another file of `dist`, whose path is relative to the one that imports it. */
const parts = {
  name: 'parts',
  /** @param {import('esbuild').PluginBuild} pluginBuild */
  setup({ onResolve, onLoad }) {
    const command = new RegExp(`^\\./(${[...commands, ...Object.keys(shared)].join('|')})\\.ts$`)
    const name = new RegExp(`^(${packages.join('|')})$`)
    onResolve({ filter: command }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: path.replace(/ts$/, 'cjs'), namespace: 'part' } : undefined,
    )
    onResolve({ filter: name }, ({ path }) => ({ path: `../packages/${path}.cjs`, namespace: 'part' }))
    onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
    onResolve({ filter: /.*/, namespace: 'part' }, ({ path }) => ({ path, external: true }))
  },
}

/** What the library leaves to other files of `dist`: threads for user code, which begin beside the file that starts them. */
const workers = {
  name: 'workers',
  /** @param {import('esbuild').PluginBuild} pluginBuild */
  setup({ onResolve }) {
    const path = '../session/executors/workers.cjs'
    onResolve({ filter: /\/executors\/workers\.ts$/ }, () => ({ path, external: true }))
  },
}

/** An ES module that imports `node:process` opens stdin, stdout and stderr: what runs in somebody else's process must not. */
const untouchedProcess = {
  name: 'untouched-process',
  /** @param {import('esbuild').PluginBuild} pluginBuild */
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:process$/ }, () => ({ path: 'process', namespace: 'process' }))
    onLoad({ filter: /.*/, namespace: 'process' }, () => ({
      contents: 'export default process\nexport const { hrtime, nextTick } = process',
    }))
  },
}

/** Leaves what runs experiments out of what every experiment module imports: it is loaded when it is called. */
const lazyLibrary = {
  name: 'lazy-library',
  /** @param {import('esbuild').PluginBuild} pluginBuild */
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/library\/run\.ts$/ }, () => ({ path: './library/run.js', external: true }))
  },
}

/** @param {string} folder @param {readonly string[]} names */
function entries(folder, names) {
  return Object.fromEntries(names.map((name) => [posix.join(folder, name), `src/${folder}/${name}.ts`]))
}

rmSync(dist, { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: root,
  stdio: 'inherit',
})

const built = await Promise.all([
  build({
    ...esModule,
    entryPoints: ['src/index.ts', 'src/contracts.ts'],
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    plugins: [lazyLibrary],
  }),
  // All of it in one folder, from which the package is as far away as it is in `src`.
  build({
    ...esModule,
    entryPoints: entries('library', ['run', 'sync-entry']),
    splitting: true,
    chunkNames: 'library/[name]-[hash]',
    plugins: [workers, untouchedProcess],
  }),
  // User code may replace what Node's modules have: an ES module keeps what it imported.
  build({
    ...esModule,
    entryPoints: entries('session/executors', ['thread-entry', 'in-process-entry', 'config-entry']),
  }),
  build({ ...commonJs, entryPoints: entries('session/executors', ['workers']) }),
  build({ ...commonJs, entryPoints: entries('session/compare', ['index-entry']) }),
  // For a function that does not wait.
  build({ ...commonJs, entryPoints: entries('library', ['sync']) }),
  build({
    ...commonJs,
    entryPoints: {
      ...entries('cli', ['main', ...new Set(commands)]),
      ...Object.fromEntries(Object.entries(shared).map(([name, path]) => [`cli/${name}`, path])),
    },
    plugins: [parts],
  }),
  build({ ...commonJs, ...ownUrl, entryPoints: packages, outdir: join(dist, 'packages') }),
])
if (built.some(({ warnings }) => warnings.length > 0)) process.exitCode = 1
const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs))
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), renderLicenses(root, inputs))
