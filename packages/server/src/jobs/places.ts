/** How many deliveries of one kind are under way in one process, and of which lanes. */
import { room, roomInLane } from './outbox.ts'

interface Laned {
  readonly lane: string | null
}

export interface Places {
  /** How many more there is room for. */
  free(): number
  /** Lanes in which there is no room. */
  fullLanes(): string[]
  /** Those of the rows for which their lanes have room. */
  fitting<Row extends Laned>(rows: readonly Row[]): Row[]
  /** Takes a place until `work` has ended. `ended` is told what it resolved with, and whether there was no room before. */
  take(row: Laned, work: Promise<boolean>, ended: (result: boolean, wasFull: boolean) => void): void
  /** Resolves when nothing is under way. @returns whether anything was */
  empty(): Promise<boolean>
}

export function createPlaces(): Places {
  const underWay = new Set<Promise<void>>()
  const lanes = new Map<string, number>()
  const inLane = (lane: string | null): number => (lane === null ? 0 : (lanes.get(lane) ?? 0))

  const move = ({ lane }: Laned, by: 1 | -1): void => {
    if (lane === null) return
    const count = inLane(lane) + by
    if (count === 0) lanes.delete(lane)
    else lanes.set(lane, count)
  }

  return {
    free: () => room - underWay.size,
    fullLanes: () => [...lanes].filter(([, count]) => count >= roomInLane).map(([lane]) => lane),
    fitting(rows) {
      const coming = new Map<string | null, number>()
      return rows.filter(({ lane }) => {
        const count = (coming.get(lane) ?? 0) + 1
        coming.set(lane, count)
        return lane === null || inLane(lane) + count <= roomInLane
      })
    },
    take(row, work, ended) {
      move(row, 1)
      const taken = work.then((result) => {
        const wasFull = underWay.size >= room || inLane(row.lane) >= roomInLane
        underWay.delete(taken)
        move(row, -1)
        ended(result, wasFull)
      })
      underWay.add(taken)
    },
    async empty() {
      const wasTaken = underWay.size > 0
      while (underWay.size > 0) await Promise.all(underWay)
      return wasTaken
    },
  }
}
