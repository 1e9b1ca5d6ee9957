/** A QR code, for the camera of the phone that is to open the address. What it holds also stands in words. */
import type { ReactNode } from 'react'
import { encode } from 'uqr'
import classes from './qr-code.module.css'

/** Rows of modules as one path: each run of dark ones is a line. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  const lines = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return lines.join('')
}

interface QrCodeProps {
  readonly text: string
  readonly label: string
}

export function QrCode({ text, label }: QrCodeProps): ReactNode {
  // 4 modules of quiet around it (ISO/IEC 18004).
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  return (
    <svg
      className={classes.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(data)} fill="#000" />
    </svg>
  )
}
