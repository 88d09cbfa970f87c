interface Sample {
  atMs: number;
  bytes: number;
}

const windowMs = 10_000;

/** Bytes per second over the last ten seconds; null while too little is known to say. */
export class Rate {
  #samples: Sample[] = [];

  add(bytes: number, atMs: number): void {
    this.#samples = [...this.#samples.filter((sample) => atMs - sample.atMs <= windowMs), { atMs, bytes }];
  }

  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.atMs - first.atMs < 500) return null;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }
}
