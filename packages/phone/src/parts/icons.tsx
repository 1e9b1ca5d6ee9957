/** Drawings of 24 by 24. They say nothing that is not also in words. */

const paths = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  more: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  bell: 'M6 10a6 6 0 1 1 12 0c0 5 2 6.500 2 6.500H4S6 15 6 10zM10 20a2.200 2.200 0 0 0 4 0',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z',
  unplugged:
    'M3 3l18 18M8.5 16.5a5 5 0 0 1 7 0M5 12.9a10 10 0 0 1 4.2-2.3M19 12.9a10 10 0 0 0-3.4-2.1M2 9a15 15 0 0 1 4.6-2.8M22 9a15 15 0 0 0-10.8-3.9M12 20h.01',
  key: 'M14.5 9.5a4.5 4.5 0 1 0-4.2 4.5L12 12.3V14h2v2h2v2h4v-3.2l-5.6-5.6M8.5 9.5h.01',
  lock: 'M6 11h12a1 1 0 0 1 1 1v7a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-7a1 1 0 0 1 1-1zM8 11V8a4 4 0 0 1 8 0v3',
  phone: 'M8 2.5h8a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2zM11 18.5h2',
  delete: 'M9 5h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9l-6-7zM12 9.5l5 5M17 9.5l-5 5',
  warning: 'M12 4L2.8 19.5h18.4zM12 10v4M12 16.9h.01',
  update: 'M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4.5V9h4.5M4 13a8 8 0 0 0 14.5 3.5L20 15M20 19.5V15h-4.5',
  inbox: 'M4 13l2.5-8h11L20 13v5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zM4 13h4.5l1 2.5h5l1-2.5H20',
  code: 'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM7.5 12h.01M12 12h.01M16.5 12h.01',
  storage:
    'M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 6v6c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12v6c0 1.7 3.6 3 8 3s8-1.3 8-3v-6',
  fpt: 'M5 8.5A8 8 0 0 1 19 9M4.5 14v-2M19.8 13c.1 1.7 0 3.3-.4 4.8M7.5 18.5c.6-1.7.8-3.4.8-5.5a3.7 3.7 0 0 1 7.4 0c0 2.6-.3 5-1.2 7.3M12 13c0 3-.3 5.4-1.3 8',
  face: 'M4 8V6.5A2.5 2.5 0 0 1 6.5 4H8M16 4h1.5A2.5 2.5 0 0 1 20 6.5V8M20 16v1.5a2.5 2.5 0 0 1-2.5 2.5H16M8 20H6.5A2.5 2.5 0 0 1 4 17.5V16M8.7 9.2v1.3M15.3 9.2v1.3M12.2 9.2v3.800h-1M9 15.6a4.3 4.3 0 0 0 6 0',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}

/** The mark of the product, as in `icon.svg`. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 512 512" aria-hidden="true">
      <rect width="512" height="512" rx="116" fill="#0b6b4f" />
      <g fill="none" stroke="#fff" stroke-width="44" stroke-linecap="round" stroke-linejoin="round">
        <path d="M104 275l74 74 144-181" stroke="#8fe0ba" />
        <path d="M214 314l39 38 155-184" />
      </g>
    </svg>
  )
}
