/** What the operator says about itself in the page's head, for the moments when no state has come. */

export interface Brand {
  readonly name: string
  /** Null where the page was served without one. */
  readonly supportEmail: string | null
}

const unset = /^(|__[A-Z_]+__)$/

/** @param readMeta gives the content of a `<meta name>` */
export function readBrand(readMeta: (name: string) => string | null): Brand {
  const read = (name: string) => {
    const content = readMeta(name)
    return content === null || unset.test(content) ? null : content
  }
  return { name: read('countersign-brand') ?? 'Countersign', supportEmail: read('countersign-support') }
}
