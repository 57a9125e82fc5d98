#!/usr/bin/env node
'use strict'

const { argv } = require('node:process')
const { createWorkers } = require('../dist/session/executors/workers.cjs')

const workers = createWorkers()
// Before anything else is loaded: a thread takes longer to start than all of that.
if (['run', 'check', 'resume'].includes(argv[2]) && !argv.includes('--help') && !argv.includes('-h')) workers.prepare()

require('../dist/cli/main.cjs').main(argv, workers)
