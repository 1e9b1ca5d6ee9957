/** What people read under "Annat", in both languages. Part of `words.ts`. */

const en = {
  device: 'This phone',
  deviceName: 'Name',
  account: 'Account',
  version: 'Version',
  linked: 'Linked',
  unlock: 'How you approve',
  changePasscode: 'Change the app passcode',
  told: 'When something waits',
  notifications: 'Notifications',
  addBiometrics: 'Add fingerprint or face',
  removeBiometrics: 'Remove fingerprint or face',
  logOut: 'Log out',
  logOutTitle: 'Log out this phone?',
  logOutMeans:
    'The phone is removed from your account and can approve nothing any more. To use it again you link it anew, with password and SMS code.',
  loggingOut: 'Removing the phone…',
  notRemoved: 'The phone was not removed',
  notRemovedNetwork: 'The server could not be reached. The phone stays linked here. Try again when there is network.',
  notRemovedServer: 'The server refused or was busy. The phone stays linked here. Try again, or write to support.',
  notErasedTitle: 'The keys are still on this phone',
  notErased:
    'The phone is removed from your account, but its keys could not be erased here. They are of no use any more. Try again.',
}

type SettingsWords = typeof en

const sv: SettingsWords = {
  device: 'Den här telefonen',
  deviceName: 'Namn',
  account: 'Konto',
  version: 'Version',
  linked: 'Kopplad',
  unlock: 'Så godkänner du',
  changePasscode: 'Byt appkod',
  told: 'När något väntar',
  notifications: 'Notifieringar',
  addBiometrics: 'Lägg till fingeravtryck eller ansikte',
  removeBiometrics: 'Ta bort fingeravtryck eller ansikte',
  logOut: 'Logga ut',
  logOutTitle: 'Logga ut den här telefonen?',
  logOutMeans:
    'Telefonen tas bort från ditt konto och kan inte godkänna något mer. För att använda den igen kopplar du den på nytt, med lösenord och sms-kod.',
  loggingOut: 'Tar bort telefonen…',
  notRemoved: 'Telefonen togs inte bort',
  notRemovedNetwork: 'Servern kunde inte nås. Telefonen är fortfarande kopplad här. Försök igen när det finns nät.',
  notRemovedServer:
    'Servern nekade eller var upptagen. Telefonen är fortfarande kopplad här. Försök igen eller skriv till supporten.',
  notErasedTitle: 'Nycklarna finns kvar på telefonen',
  notErased:
    'Telefonen är borttagen från ditt konto, men nycklarna kunde inte raderas här. De går inte att använda längre. Försök igen.',
}

export const settingsWords = { en, sv }
