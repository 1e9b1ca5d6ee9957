/** What every start needs first, asked for before the rest of the script is taken in: both take their time at once. */
import { inTransaction } from './database.ts'

export const firstRead = inTransaction('readonly', (store) => store.read('device'))
// Whoever waits for it is told; until then nobody does.
firstRead.catch(() => undefined)
