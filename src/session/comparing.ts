// Loaded when there is something to compare: a part of its own beside what every run needs.
export { compareVariants } from './compare/variants.ts'
export { compareWithBaseline } from './compare/with-baseline.ts'
