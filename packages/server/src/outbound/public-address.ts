/** PURE: which addresses of the internet are somebody else's to serve, and not our own network's. */
import { BlockList, isIP } from 'node:net'

/** Of the special-purpose registries (RFC 6890 and what IANA added to it): nothing of them is a public service. */
const notPublic4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Global unicast; what is outside of it is loopback, link-local, unique-local, mapped IPv4, NAT64, multicast. */
const global6 = '2000::/3'

/** Inside of it, and still not public: Teredo and other protocols, documentation, 6to4, AS112, which may carry an IPv4 address. */
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}

const refused4 = listOf(notPublic4, 'ipv4')
const allowed6 = listOf([global6], 'ipv6')
const refused6 = listOf(notPublic6, 'ipv6')

/** Whether an address (as `dns.lookup` gives it, no zone) is a public one. What is no address is none. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused4.check(address, 'ipv4')
    case 6:
      return allowed6.check(address, 'ipv6') && !refused6.check(address, 'ipv6')
    default:
      return false
  }
}
