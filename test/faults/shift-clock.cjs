// Loaded before the tool: the wall clock jumps back by an hour, and then ahead by three, whenever it has been read so often.
const JUMPS = [0, -3_600_000, 7_200_000]
const READINGS = 7

const now = Date.now
let readings = 0
const shift = () => JUMPS[Math.floor(readings++ / READINGS) % JUMPS.length]

Date.now = () => now() + shift()
globalThis.Date = class extends Date {
  constructor(...args) {
    if (args.length === 0) super(Date.now())
    else super(...args)
  }
}
