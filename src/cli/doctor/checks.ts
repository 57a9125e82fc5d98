import { checkPushing } from './check-backend.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkFiles } from './check-files.ts'
import { checkModule } from './check-module.ts'
import { checkNode } from './check-node.ts'
import { checkOptions } from './check-options.ts'
import { checkStore } from './check-store.ts'
import { checkTool } from './check-tool.ts'
import type { Check } from './finding.ts'

/** Everything that `doctor` looks at, in the order in which it is told. */
export const checks: readonly Check[] = [
  checkNode,
  checkTool,
  checkEnvironment,
  checkFiles,
  checkStore,
  checkOptions,
  checkPushing,
  checkModule,
]
