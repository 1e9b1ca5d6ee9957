/** Randomness from a seed: the same seed, the same numbers. Fits the server's `Random`. */
import { toBase64url } from '@countersign/protocol'

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, no cryptography. */
export class SeededRandom {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `stream` gives another sequence for the same seed. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = stream | 0
    for (let warming = 0; warming < 12; warming++) this.#next()
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** From 0 up to, but not including, 1. */
  fraction(): number {
    return this.#next() / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  bytes(n: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: n }, () => this.#next() & 0xff)
  }

  id(prefix: string): string {
    return `${prefix}_${toBase64url(this.bytes(16))}`
  }

  digits(n: number): string {
    return Array.from({ length: n }, () => Math.floor(this.fraction() * 10)).join('')
  }
}

/** The entry of a list that a fraction points to. */
export const pick = <Value>(list: readonly Value[], fraction: number): Value | undefined =>
  list[Math.floor(fraction * list.length)]

/** The same, mostly one from the end. */
export const pickRecent = <Value>(list: readonly Value[], fraction: number): Value | undefined =>
  list[list.length - 1 - Math.floor(fraction ** 2 * list.length)]
