/** The app's one IndexedDB store. Opened for each transaction, so that a connection that the system broke is never kept. */

const databaseName = 'countersign'
const storeName = 'kept'
/** Some browsers never answer when their storage is broken. */
const patience = 5_000

export type Place = 'device' | 'server' | 'push' | 'confirmed' | 'trial'
/** Whatever was kept: to be parsed before it is used. */
export type Kept = unknown

export interface Store {
  read(place: Place): Promise<Kept>
  put(place: Place, value: object): Promise<void>
  remove(place: Place): Promise<void>
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName)
  return settled(request)
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('The storage gave up.'))
  })
}

function storeOf(transaction: IDBTransaction): Store {
  const store = transaction.objectStore(storeName)
  return {
    read: (place) => settled<Kept>(store.get(place)),
    put: async (place, value) => {
      await settled(store.put(value, place))
    },
    remove: async (place) => {
      await settled(store.delete(place))
    },
  }
}

async function run<Value>(mode: IDBTransactionMode, work: (store: Store) => Promise<Value>): Promise<Value> {
  const database = await openDatabase()
  try {
    const transaction = database.transaction(storeName, mode, { durability: 'strict' })
    const done = completed(transaction)
    const [value] = await Promise.all([work(storeOf(transaction)), done])
    return value
  } finally {
    database.close()
  }
}

/**
 * Does `work` in one transaction; resolves once it is on the disk. `work` awaits nothing but the store, or the
 * transaction ends under it.
 *
 * @throws when the storage is missing, refuses, or does not answer within five seconds
 */
export async function inTransaction<Value>(
  mode: IDBTransactionMode,
  work: (store: Store) => Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The storage does not answer.')), patience)
  })
  try {
    return await Promise.race([run(mode, work), late])
  } finally {
    clearTimeout(timer)
  }
}
