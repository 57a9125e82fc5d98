/**
 * Runs the compiler once: it is a program of its own, made for one platform.
 * @throws whatever keeps it from running
 */
export async function checkCompiler(): Promise<void> {
  const { transform } = await import('esbuild')
  await transform('')
}
