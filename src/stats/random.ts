const WARM_UP = 12

/**
 * Random 32-bit integers, the same for the same seed on every machine: C. Doty-Humphrey's sfc32 ("Small Fast Counting", of
 * PractRand). Many at a time, which is several times as fast as one by one.
 */
export class RandomBits {
  #a: number
  #b: number
  #c = 0x9e3779b9 | 0
  #counter = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    this.fill(new Uint32Array(WARM_UP))
  }

  fill(words: Uint32Array): void {
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter]
    for (let index = 0; index < words.length; index++) {
      const mixed = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + mixed) | 0
      words[index] = mixed
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
  }
}
