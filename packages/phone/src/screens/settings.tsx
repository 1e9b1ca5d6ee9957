/** "Annat": how this phone is unlocked and told, in which language, what it is, and the way out. What is pressed stands first. */
import type { LinkedDevice } from '@countersign/device'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { appVersion } from '../app-version.ts'
import { seemsAvailable } from '../biometrics.ts'
import { useLanguage, useWords } from '../language.tsx'
import type { Change } from '../linked-state.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { LanguageSwitch } from '../parts/language-switch.tsx'
import { Page } from '../parts/page.tsx'
import { useServer } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { Way } from '../parts/way.tsx'
import { LogOutDialog } from './log-out.tsx'
import styles from './settings.module.css'

const Row = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <div class={styles.row}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

interface SettingsProps {
  readonly device: LinkedDevice
  readonly onBack: () => void
  readonly onLoggedOut: () => void
  readonly onChange: (change: Change) => void
  readonly onNotifications: () => void
}

function UnlockSection({ device, onChange }: Pick<SettingsProps, 'device' | 'onChange'>) {
  const words = useWords().settings
  const [available, setAvailable] = useState(false)
  useEffect(() => {
    let left = false
    void seemsAvailable().then((seems) => {
      if (!left) setAvailable(seems)
    })
    return () => {
      left = true
    }
  }, [])
  const isOn = device.stored.biometricLock !== null
  return (
    <section class={styles.section}>
      <h2>{words.unlock}</h2>
      <div class={styles.group}>
        <Way onPress={() => onChange('passcode')}>{words.changePasscode}</Way>
        {isOn ? <Way onPress={() => onChange('remove-biometrics')}>{words.removeBiometrics}</Way> : null}
        {available && !isOn ? <Way onPress={() => onChange('add-biometrics')}>{words.addBiometrics}</Way> : null}
      </div>
    </section>
  )
}

export function SettingsScreen({ device, onBack, onLoggedOut, onChange, onNotifications }: SettingsProps) {
  const { words, locale } = useLanguage()
  const server = useServer()
  const [leaving, setLeaving] = useState(false)
  const { name, account, linkedAt } = device.stored
  return (
    <Page
      start={
        <IconButton label={words.back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={
        <Button kind="bad" onPress={() => setLeaving(true)}>
          {words.settings.logOut}
        </Button>
      }
    >
      <Title>{words.more}</Title>
      <UnlockSection device={device} onChange={onChange} />
      <section class={styles.section}>
        <h2>{words.settings.told}</h2>
        <div class={styles.group}>
          <Way onPress={onNotifications}>{words.settings.notifications}</Way>
        </div>
      </section>
      <section class={styles.section}>
        <h2>{words.language}</h2>
        <LanguageSwitch />
      </section>
      <section class={styles.section}>
        <h2>{words.settings.account}</h2>
        <dl class={styles.group}>
          <Row label={account.name}>{account.email}</Row>
          {server === null ? null : (
            <Row label={words.support}>
              <a href={`mailto:${server.supportEmail}`}>{server.supportEmail}</a>
            </Row>
          )}
        </dl>
      </section>
      <section class={styles.section}>
        <h2>{words.settings.device}</h2>
        <dl class={styles.group}>
          <Row label={words.settings.deviceName}>{name}</Row>
          <Row label={words.settings.linked}>
            {new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(linkedAt)}
          </Row>
          <Row label={words.settings.version}>{appVersion}</Row>
        </dl>
      </section>
      {leaving ? <LogOutDialog device={device} onCancel={() => setLeaving(false)} onLoggedOut={onLoggedOut} /> : null}
    </Page>
  )
}
