import { createMask, type Mask } from '../config/secrets.ts'

/** The secrets of this process: what must not be printed, kept or sent. */
export interface Secrets {
  readonly mask: Mask
  /** Looks for them again: the environment has changed. */
  refresh(): void
}

/** Looked for when a text is to be masked for the first time. */
export function createSecrets(env: { readonly [name: string]: string | undefined }): Secrets {
  let current: Mask | undefined
  return {
    mask(text) {
      current ??= createMask(env)
      return current(text)
    },
    refresh() {
      current = undefined
    },
  }
}
