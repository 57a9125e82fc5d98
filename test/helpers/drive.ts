import type { RunEvent } from '../../src/model/events.ts'
import type { ExperimentView, GroupOutcome, Reporter } from '../../src/model/ports.ts'

/** Tells a reporter everything as a run does: later events wait for nothing but the turn of the event loop. */
async function driveLive(reporter: Reporter, events: readonly RunEvent[], view: ExperimentView): Promise<void> {
  const pending: unknown[] = []
  for (const event of events) {
    pending.push(reporter.event?.(event, view))
    await new Promise(setImmediate)
  }
  await Promise.all(pending)
}

/** Tells a reporter everything as a replay does: all at once. */
async function driveReplay(reporter: Reporter, events: readonly RunEvent[], view: ExperimentView): Promise<void> {
  await Promise.all(events.map((event) => reporter.event?.(event, view)))
}

/** Drives a reporter to its end in both ways and hands back the two texts, which must be the same. */
export async function driveBoth(
  make: () => { readonly reporter: Reporter; readonly text: () => string },
  { events, view, outcome }: { events: readonly RunEvent[]; view: ExperimentView; outcome: GroupOutcome },
): Promise<{ readonly live: string; readonly replayed: string }> {
  const run = async (drive: typeof driveLive) => {
    const { reporter, text } = make()
    await drive(reporter, events, view)
    await reporter.finish?.(outcome)
    return text()
  }
  return { live: await run(driveLive), replayed: await run(driveReplay) }
}
