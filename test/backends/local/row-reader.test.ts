import { join } from 'node:path'
import { openEventLog } from '../../../src/backends/local/event-log.ts'
import { createRowReader } from '../../../src/backends/local/row-reader.ts'
import { rowReaderContract } from '../../contracts/row-reader.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

rowReaderContract('the local store', async (events) => {
  const file = join(await tempFolder(), 'events.jsonl')
  const log = openEventLog(file)
  for (const event of events) log.append([event])
  log.close()
  return createRowReader(file)
})
