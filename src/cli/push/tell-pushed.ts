import type { Delivery } from '../../model/backend.ts'
import type { Signal } from '../../model/outcome.ts'
import { signalCodes } from '../../model/outcome.ts'
import type { Screen } from '../../model/ports.ts'
import { renderDelivery } from '../../reporters/format/delivery.ts'
import { formatCount } from '../../reporters/format/number.ts'
import { styleOf } from '../../reporters/format/style.ts'
import { pushStep } from '../../session/last-line.ts'
import { isUndelivered } from '../../session/outcome.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'

export interface PushedTarget {
  readonly experimentId: string
  readonly name: string
  readonly delivery: Delivery
  /** Nothing had to be asked of the backend. */
  readonly wasThere: boolean
}

export interface TellPushedOptions {
  readonly screen: Screen
  readonly place: string
  readonly quiet: boolean
  /** What ended the push before its end. */
  readonly signal?: Signal
}

/** Says what became of each experiment, and returns the exit code. */
export async function tellPushed(pushed: readonly PushedTarget[], options: TellPushedOptions): Promise<number> {
  const { stdout, stderr } = options.screen
  const style = await styleOf(stdout)
  const undelivered = pushed.filter(isUndelivered)
  const worthTelling = pushed.filter((one) => pushed.length === 1 || !one.wasThere || isUndelivered(one))
  for (const one of options.quiet ? undelivered : worthTelling) {
    await stdout.write(`${renderDelivery(one, one.delivery, style)}\n`)
  }
  await stdout.flush()
  await stderr.write(`${sanitizeLine(describe(pushed, undelivered, options))}\n`)
  if (undelivered.length === 0) return 0
  return options.signal === undefined ? 3 : signalCodes[options.signal]
}

function describe(
  pushed: readonly PushedTarget[],
  undelivered: readonly PushedTarget[],
  { place, signal }: TellPushedOptions,
): string {
  const [first] = undelivered
  if (first !== undefined) {
    const end = signal === undefined ? '' : `ended by ${signal}: `
    const reason = first.delivery.status === 'undelivered' ? `: ${first.delivery.reason}` : ''
    const others = pushed.length === 1 ? '' : ` (${undelivered.length} of ${pushed.length} experiments)`
    return `${end}not all pushed: ${first.name}${reason}${others}; ${pushStep(undelivered)}`
  }
  const before = pushed.filter(({ wasThere }) => wasThere).length
  if (before === pushed.length) return `nothing is left to push to ${place}`
  const [only] = pushed
  if (only !== undefined && pushed.length === 1) return `pushed: ${only.name}`
  const there = before === 0 ? '' : `; ${formatCount(before, 'experiment')} had been pushed before`
  return `pushed: ${formatCount(pushed.length - before, 'experiment')}${there}`
}
