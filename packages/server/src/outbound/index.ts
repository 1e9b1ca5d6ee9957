/**
 * Outbound: requests to addresses that somebody else chose (push services, webhooks).
 *
 * Promises that nothing is connected to but public addresses, over https, at exactly the address that was judged, and
 * that no answer is followed elsewhere, shown, or read without end. Must never be told by an answer where to go.
 */
export {
  AddressRefused,
  addressFault,
  createOutbound,
  type Outbound,
  type OutboundAnswer,
  type OutboundRequest,
} from './outbound.ts'
export { retryAfterOf } from './retry-after.ts'
