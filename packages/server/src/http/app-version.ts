/** Order of app versions, `major.minor.patch`. */

const parts = (version: string): number[] => version.split('.').map(Number)

/** Whether `version` comes before `minimum`. Both have three numbers. */
export function isOlderVersion(version: string, minimum: string): boolean {
  const wanted = parts(minimum)
  for (const [index, part] of parts(version).entries()) {
    const least = wanted[index] ?? 0
    if (part !== least) return part < least
  }
  return false
}
