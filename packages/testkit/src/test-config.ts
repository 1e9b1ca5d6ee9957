/** A configuration as good as any, for tests that start no server of their own. */
import type { Config } from '@countersign/server'

export const testConfig: Config = {
  issuer: 'https://id.example.com',
  phoneUrl: 'https://app.example.com',
  databaseUrl: 'sqlite::memory:',
  listen: [],
  masterKeys: [new Uint8Array(32).fill(7)],
  brand: { name: 'Strand', supportEmail: 'support@example.com' },
  minimumAppVersion: '0.1.0',
  sms: { kind: 'demo' },
  smsCountries: ['SE'],
  push: { hosts: ['push.example.com'] },
  outbound: { origins: [] },
  demo: true,
}
