import { workerData } from 'node:worker_threads'
import { type IndexedFiles, loadScoreIndex } from '../../backends/local/score-index/load.ts'

// Where a thread begins that makes the index of a log: writes it beside the log, and is done. What goes wrong ends the thread.

const files: IndexedFiles = workerData
void loadScoreIndex(files)
