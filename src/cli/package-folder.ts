import { join } from 'node:path'

/** The folder of this package. Two up from here, both in `src` and in `dist`, where this is in one file with what imports it. */
export const packageFolder = join(import.meta.dirname, '../..')
