/**
 * Buttons that decide something take no tap in the first half second after they appeared or moved, so that a finger
 * already on its way hits nothing that its owner has not read. Times in milliseconds, all of one monotonic clock.
 */
export const armingTime = 500

/** How long until a press counts; 0 when it does. */
export const untilArmed = (changed: number, now: number): number => Math.max(0, changed + armingTime - now)

/** Whether a press counts that went down at `pressed` and was let go at `released`: all of it must lie after the wait. */
export const pressCounts = (changed: number, pressed: number, released: number): boolean =>
  untilArmed(changed, pressed) === 0 && released >= pressed
