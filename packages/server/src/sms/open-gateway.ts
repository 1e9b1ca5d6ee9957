/** From the operator's choice of a gateway to its channel. */
import type { SmsConfig } from '../config.ts'
import { elksGateway } from './elks-gateway.ts'
import { httpGateway } from './http-gateway.ts'
import type { SmsChannel } from './sms.ts'
import { twilioGateway } from './twilio-gateway.ts'

/** The channel of a gateway. `timeout`: milliseconds that the gateway has to answer; 10 000 unless told. */
export function openGateway(config: Exclude<SmsConfig, { kind: 'demo' }>, timeout?: number): SmsChannel {
  switch (config.kind) {
    case 'http':
      return httpGateway(config, timeout)
    case '46elks':
      return elksGateway(config, timeout)
    case 'twilio':
      return twilioGateway(config, timeout)
  }
}
