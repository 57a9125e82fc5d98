import { checkCompiler } from '../../load/check-compiler.ts'
import { attempt, type Finding, type Subject, type Trouble } from './finding.ts'
import { installedVersion, readToolPackage } from './tool-package.ts'

const REINSTALL = 'install the packages again, for this platform: npm ci'

/** The versions of this tool and its parts, and whether the compiler, which is a program of its own, runs. */
export async function checkTool({ version }: Subject): Promise<Finding[]> {
  const { folder, dependencies } = readToolPackage()
  const parts = dependencies.map((name) => ({ name, value: installedVersion(name, folder) ?? null }))
  const missing: Trouble[] = parts
    .filter(({ value }) => value === null)
    .map(({ name }) => ({ severity: 'error', message: `the package ${name} is not installed`, hint: REINSTALL }))
  const compiler = await attempt(checkCompiler)
  const broken = compiler.status === 'ok' ? [] : [describe(compiler.error)]
  return [
    {
      name: 'llmobs-exp',
      facts: [{ name: 'version', value: version }, { name: 'folder', value: folder }, ...parts],
      troubles: [...missing, ...broken],
    },
  ]
}

function describe(error: unknown): Trouble {
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return { severity: 'error', message: `the compiler, esbuild, does not run: ${reason}`, hint: REINSTALL }
}
