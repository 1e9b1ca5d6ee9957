/** Loaded into every program that npm start starts: ends it when its starter is gone, however that came about. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
