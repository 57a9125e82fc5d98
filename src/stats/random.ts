/** A source of random 32-bit integers, the same for the same seed on every machine. */
export type RandomBits = () => number

const WARM_UP = 12

/** C. Doty-Humphrey's sfc32 ("Small Fast Counting", of PractRand), seeded with one number. */
export function randomBits(seed: number): RandomBits {
  let a = seed | 0
  let b = Math.floor(seed / 0x1_0000_0000) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const next = (): number => {
    const mixed = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + mixed
    c |= 0
    return mixed >>> 0
  }
  for (let step = 0; step < WARM_UP; step++) next()
  return next
}
