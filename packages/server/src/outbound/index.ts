/**
 * Outbound: requests to addresses that somebody else chose (push services, later webhooks).
 *
 * Promises that nothing is connected to but public addresses, over https, at exactly the address that was judged, and
 * that no answer is followed elsewhere, shown, or read without end. Must never be told by an answer where to go.
 */
export { AddressRefused, createOutbound, type Outbound, type OutboundAnswer, type OutboundRequest } from './outbound.ts'
