/** The version of this app, `major.minor.patch`, from its package. */
declare const __APP_VERSION__: string

export const appVersion: string = __APP_VERSION__
