import type { Config } from './options.ts'

/**
 * Settings of `llmobs-exp.config.ts`, which lies beside the nearest package.json: what every run uses unless the experiment
 * definition, the environment or a flag says something else. Returns the config unchanged; its use is the types. The keys are
 * the options of `run` in camel case; times are milliseconds, or texts such as `'30s'`. A relative path starts from the folder
 * of the file.
 *
 * A key that does not exist and a value that cannot be are refused when the file is loaded, as `E_CONFIG_FILE`, before anything runs.
 *
 * @example
 * export default defineConfig({
 *   jobs: 20,
 *   timeout: '30s',
 *   maxErrors: '1%',
 *   tag: { team: 'support' },
 *   reporter: ['plain', 'json=reports/latest.json'],
 * })
 */
export function defineConfig(config: Config): Config {
  return config
}
